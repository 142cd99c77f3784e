"""What the package is called, what it needs, and what it installs."""

import runpy
import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).parent
NAME = "PureCloudPlatformClientV2"

RUNTIME = (HERE / "requirements.txt").read_text(encoding="utf-8").split("\n")
NOTIFICATIONS = ["websockets>=13"]
SANDBOX = ["cheroot>=10.0", "flask>=3.0", "jsonschema>=4.20", *NOTIFICATIONS]
CLI = ["click>=8.2.1,!=8.2.2,<9", "jmespath>=1.0,<2", "rich>=13.7"]
DOCS = ["furo", "myst-parser>=4.0", "sphinx>=8.1", "sphinx-copybutton>=0.5.2"]
DOCS_BROWSER = ["playwright>=1.48", "pytest>=8.3", "pytest-xdist>=3.6"]
TEST = [
    "cloudpickle>=3.0",
    "eventlet>=0.40",
    "freezegun>=1.5",
    "gevent>=24.10",
    "httpx>=0.27",
    "hypothesis>=6.100",
    "jsonschema-rs>=0.30",
    "pandas>=2.2",
    "proxy.py>=2.4.10",
    "pytest>=8.3",
    "pytest-cov>=7.0",
    "pytest-xdist>=3.6",
    "requests>=2.34",
    "schemathesis>=4.0",
    "trustme>=1.2",
    "truststore>=0.10",
    "vcrpy>=7.0",
]


def write_stubs(folder: Path) -> list[str]:
    """Have the catalog, which needs nothing but Python, write the stubs into a folder's package."""
    sys.path.insert(0, str(HERE))
    try:
        from PureCloudPlatformClientV2.catalog import stubs
    finally:
        sys.path.remove(str(HERE))
    return [str(path) for path in stubs.write_stubs(folder / NAME)]


class BuildPy(build_py):
    """Writes the stubs as well: where the package is built, or where it is if it is editable."""

    def initialize_options(self) -> None:
        """Begin with nothing written."""
        super().initialize_options()
        self.stubs: list[str] = []

    def run(self) -> None:
        """Build."""
        super().run()
        self.stubs = write_stubs(HERE if self.editable_mode else Path(self.build_lib))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Tell what has been written."""
        return [*super().get_outputs(include_bytecode), *self.stubs]


class Sdist(sdist):
    """Has the stubs, so that its content can be used as it is."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Lay out what goes into the archive."""
        super().make_release_tree(base_dir, files)
        write_stubs(Path(base_dir))


setup(
    name=NAME,
    version=runpy.run_path(str(HERE / NAME / "version.py"))["__version__"],
    description="A typed Python client for the whole of Genesys Cloud (PureCloud)",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    keywords=[
        "genesys",
        "genesys-cloud",
        "purecloud",
        "messaging",
        "routing",
        "conversations",
        "sdk",
    ],
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Topic :: Communications :: Chat",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    # Said outright, so that an editable install adds a folder to the path, where checkers look; for
    # a package beside other folders it would be an import hook instead, which they do not run.
    package_dir={"": "."},
    package_data={
        NAME: ["py.typed"],
        f"{NAME}.catalog": ["*.txt"],
        f"{NAME}.sandbox.page": ["*.css", "*.html", "*.js", "*.svg"],
        f"{NAME}.sandbox.platform": ["*.json"],
    },
    install_requires=[line for line in RUNTIME if line],
    extras_require={
        "cli": CLI,
        "notifications": NOTIFICATIONS,
        "sandbox": SANDBOX,
        "test": CLI + NOTIFICATIONS + SANDBOX + TEST,
        "docs": DOCS,
        "docs-browser": DOCS_BROWSER,
    },
    entry_points={
        "console_scripts": [f"{NAME} = {NAME}.__main__:main"],
        "pytest11": [f"purecloud_sandbox = {NAME}.sandbox.pytest_plugin"],
    },
)
