"""What the package is called, what it needs, and what it installs."""

import runpy
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

RUNTIME = (HERE / "requirements.txt").read_text(encoding="utf-8").split("\n")
SANDBOX = ["cheroot>=10.0", "flask>=3.0"]
CLI = ["click>=8.2.1,!=8.2.2,<9", "jmespath>=1.0,<2", "rich>=13.7"]
DOCS = ["furo", "myst-parser>=4.0", "sphinx>=8.1", "sphinx-copybutton>=0.5.2"]
DOCS_BROWSER = ["playwright>=1.48", "pytest>=8.3"]
TEST = [
    "cloudpickle>=3.0",
    "eventlet>=0.40",
    "freezegun>=1.5",
    "gevent>=24.10",
    "httpx>=0.27",
    "hypothesis>=6.100",
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

setup(
    name="PureCloudPlatformClientV2",
    version=runpy.run_path(str(HERE / "PureCloudPlatformClientV2" / "version.py"))["__version__"],
    description="A typed Python client for the Genesys Cloud (PureCloud) Messaging API",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    keywords=["genesys", "genesys-cloud", "purecloud", "messaging", "facebook", "line", "twitter"],
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Intended Audience :: Developers",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Communications :: Chat",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    packages=find_packages(include=["PureCloudPlatformClientV2", "PureCloudPlatformClientV2.*"]),
    package_data={"PureCloudPlatformClientV2": ["py.typed"]},
    install_requires=[line for line in RUNTIME if line],
    extras_require={
        "cli": CLI,
        "sandbox": SANDBOX,
        "test": CLI + SANDBOX + TEST,
        "docs": DOCS,
        "docs-browser": DOCS_BROWSER,
    },
    entry_points={
        "console_scripts": ["PureCloudPlatformClientV2 = PureCloudPlatformClientV2.__main__:main"],
        "pytest11": ["purecloud_sandbox = PureCloudPlatformClientV2.sandbox.pytest_plugin"],
    },
)
