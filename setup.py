"""Makes the package installable, with the `betpnl` command."""

from setuptools import find_packages, setup

setup(
    name="betpnl",
    version="0.1.0",
    description="Live profit and loss for a sportsbook, on Apache Flink, Kafka and MySQL",
    license="MIT",
    # apache-flink 2.2.1 has no wheels beyond 3.11.
    python_requires=">=3.11,<3.12",
    packages=find_packages(include=["betpnl*", "udfs*"]),
    package_data={"betpnl.board": ["static/*", "pages/*.js"]},
    entry_points={"console_scripts": ["betpnl = betpnl.cli:main"]},
)
