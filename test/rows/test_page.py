"""What the page on rows says of libraries that are not everywhere, where they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas
import pytest

from PureCloudPlatformClientV2 import MessagingApi, paginate, to_rows
from PureCloudPlatformClientV2.sandbox import Sandbox

PAGE = Path(__file__).parent.parent.parent / "docs" / "rows.md"

READ: dict[str, Any] = {"pyarrow": pandas.read_parquet, "openpyxl": pandas.read_excel}


@pytest.mark.parametrize("library", READ)
def test_a_data_frame_is_written_by_a_library(
    library: str,
    sandbox_api: MessagingApi,
    purecloud_sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    purecloud_sandbox.create_integration("facebook", name="=1+1")
    text = PAGE.read_text(encoding="utf-8").partition(f"`{library}`")[2]
    example = re.findall(r"^```py\n(.*?)^```$", text, re.M | re.S)[0]
    rows = to_rows(sandbox_api.get_messaging_integrations_facebook())
    frame = pandas.DataFrame(rows, columns=rows.columns)
    names = {"frame": frame, "api": sandbox_api, "pandas": pandas}
    exec(example, {**names, "paginate": paginate, "to_rows": to_rows})
    (file,) = tmp_path.iterdir()
    read = READ[library](file)
    assert list(read["name"]) == ["'=1+1" if library == "openpyxl" else "=1+1"]
    assert list(read["status"]) == ["Active"]
