"""Counts a table that ntsb lake wrote with Spark, by its Hive partitions.

usage: read_lake_spark.py FOLDER

Prints one JSON object, as read_lake.py does for an engine, and the seconds of the two queries.
"""

import json
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "1g")
    .config("spark.sql.shuffle.partitions", "4")
    .getOrCreate()
)
table = spark.read.parquet(sys.argv[1])
start = time.monotonic()
fatal = f.sum(f.when(table.severity == "FATL", 1).otherwise(0))
years = table.groupBy("ev_year").agg(f.count("*"), fatal).collect()
states = table.where("ev_state IS NOT NULL").groupBy("ev_state").count().collect()
print(
    json.dumps(
        {
            "by_year": sorted([list(row) for row in years]),
            "by_state": sorted([list(row) for row in states]),
            "seconds": round(time.monotonic() - start, 1),
            "version": spark.version,
        }
    )
)
spark.stop()
