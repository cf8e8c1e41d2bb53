"""The peer of the REST benchmark: the same responses with FastAPI, asyncpg and xgboost.

Written as their documentation recommends. The model is loaded at startup, so a prediction needs no database.
"""

import os
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import numpy
import xgboost
from fastapi import FastAPI, HTTPException
from fastapi.responses import ORJSONResponse

EVENT = "SELECT * FROM bench_event WHERE ev_id = $1"
LATEST = """
    SELECT a.ev_id, a.ntsb_no, a.ev_type, a.ev_date, a.ev_year, a.ev_city, a.ev_state, a.ev_country, a.is_domestic,
           a.lat, a.lon, a.severity, a.severity_label, a.fatalities, a.serious, a.minor, a.wx_cond_basic, a.far_part,
           a.acft_make, a.acft_model, a.acft_category, a.regis_no, a.phase, a.cause_category, a.report_status, a.is_final
    FROM (SELECT ev_id FROM ntsb.fact_accidents
          ORDER BY coalesce(ev_date, make_date(ev_year::int, 1, 1)) DESC, ev_id DESC LIMIT 50) p
    JOIN ntsb.accidents a USING (ev_id) ORDER BY a.ev_date DESC, a.ev_id DESC"""
YEARLY = """
    SELECT ev_year, events, fatal_events, serious_events, minor_events, uninjured_events, domestic_events,
           domestic_fatal_events, fatalities, serious, minor, uninjured, with_findings, final_reports,
           completeness::float8 FROM ntsb.mv_yearly_stats ORDER BY ev_year"""
SEARCH = "SELECT * FROM ntsb_search('engine power', max_rows => 20)"
MODEL = """
    SELECT name || ':' || version AS version, classes, columns, artifact, decide_at FROM ntsb.model
    WHERE target = 'severity' AND stage = 'Production'"""
LABELS = {"FATL": "Fatal", "SERS": "Serious", "MINR": "Minor", "NONE": "None"}
TEMPERATURE = 1.1


@asynccontextmanager
async def lifespan(app):
    app.pool = await asyncpg.create_pool(
        host=os.environ["PGHOST"], port=os.environ["PGPORT"], user=os.environ["PGUSER"],
        database=os.environ["PGDATABASE"], min_size=4, max_size=4)
    app.model = await app.pool.fetchrow(MODEL)
    app.booster = xgboost.Booster({"nthread": 1})
    app.booster.load_model(bytearray(app.model["artifact"]))
    yield
    await app.pool.close()


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)


@app.get("/api/v1/events/{ev_id}")
async def event(ev_id: str):
    row = await app.pool.fetchrow(EVENT, ev_id)
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/api/v1/events")
async def events():
    return {"data": [dict(row) for row in await app.pool.fetch(LATEST)]}


@app.get("/api/v1/stats/yearly")
async def yearly():
    return {"data": [dict(row) for row in await app.pool.fetch(YEARLY)]}


@app.get("/api/v1/search")
async def search():
    return {"data": [dict(row) for row in await app.pool.fetch(SEARCH)]}


@app.post("/api/v1/predictions/severity")
async def severity(facts: dict[str, Any]):
    row = [facts.get(column, numpy.nan) for column in app.model["columns"]]
    scaled = app.booster.inplace_predict(numpy.array([row], "f4"))[0].astype("f8") ** (1 / TEMPERATURE)
    probabilities = dict(zip(app.model["classes"], (scaled / scaled.sum()).tolist()))
    code = max(probabilities, key=probabilities.get)
    return {"predicted_severity": code, "label": LABELS[code], "confidence": probabilities[code],
            "probabilities": probabilities, "decided": probabilities[code] >= app.model["decide_at"],
            "model_version": app.model["version"]}
