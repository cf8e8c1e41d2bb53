-- The last of the installation. First, what each function written in Rust does: \df+ shows it.

COMMENT ON FUNCTION ntsb_content_hash(jsonb) IS
'SHA-256 of a JSON value, in hexadecimal: what hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest() gives in Python, where row is json.loads of the value. For a stored row: ntsb_content_hash(to_jsonb(e) - ntsb_unhashed_columns(''events'')) = encode(e.content_hash, ''hex'').';
COMMENT ON FUNCTION ntsb_unhashed_columns(text) IS
'Columns of a table in schema ntsb that are not part of its content_hash: lchg_date and lchg_userid, what cleaning adds, and what change capture adds. Errors: 22023 no such table.';
COMMENT ON FUNCTION ntsb_internal.chain_step(bytea, bytea, bigint, timestamptz, text, text, text, text, bytea, bytea, jsonb) IS
'entry_hash of an entry of ntsb.change_log: SHA-256 over the entry_hash of the entry before (state, or else previous, or else 32 zero bytes) and this entry as canonical JSON (see ntsb_content_hash; hashes in hexadecimal, changed_at in microseconds since 1970-01-01 UTC).';
COMMENT ON AGGREGATE ntsb_internal.chain(bytea, bigint, timestamptz, text, text, text, text, bytea, bytea, jsonb) IS
'Running entry_hash of change log entries, from previous, the entry_hash before the first of them (null at the very beginning); over ROWS UNBOUNDED PRECEDING it gives each entry its own.';
COMMENT ON FUNCTION ntsb_clean_date(text) IS
'A date in any form that NTSB files hold: MM/DD/YY HH:MM:SS, MM/DD/YYYY, ISO, YYYYMMDD, DD-Mon-YYYY, Month D, YYYY. A two-digit year from 40 on is of the 1900s. Null for what is no date.';
COMMENT ON FUNCTION ntsb_clean_timestamp(text) IS
'A date with its time, rounded to the second, in any form that ntsb_clean_date reads. Null for what is none.';
COMMENT ON FUNCTION ntsb_clean_time(text) IS
'A clock time as the number HHMM (825 is 08:25). 2400 becomes 0; null for what is no time, such as 9999.';
COMMENT ON FUNCTION ntsb_clean_number(text) IS
'A number, rounded to 15 significant digits, so that every reader of a file gets the same. Null for what is none.';
COMMENT ON FUNCTION ntsb_clean_code(text) IS
'A coded value: padding off, upper case, words for unknown (UNK, Unk, UNKNOWN) null. NONE is a code and stays; leading zeros stay.';
COMMENT ON FUNCTION ntsb_clean_text(text) IS
'Long free text: control characters out, XML entities decoded, lines ended by a newline, blanks around it off.';
COMMENT ON FUNCTION ntsb_defects() IS
'Names of the defects in ntsb.row_defects, and what each means.';
COMMENT ON FUNCTION ntsb_source_columns() IS
'Columns of an NTSB file, table by table in the order of the file: type and treatment of each in schema ntsb, whether it is part of the key, whether cleaning adds it (derived), whether the table is a code list (reference).';
COMMENT ON FUNCTION ntsb_copy_command(text, text, text[]) IS
'The psql command that copies a CSV file as mdb-export writes it into ntsb_staging. columns: names in the file''s header, if it lacks some of the table''s. Errors: 22023 no such table.';
COMMENT ON FUNCTION ntsb_standard_make(text) IS
'The one spelling of an aircraft maker, whatever the file says: CESSNA and Cessna Aircraft Co are Cessna. Null for words that name none. ntsb.aircraft.acft_make_std holds it.';
COMMENT ON FUNCTION ntsb_standard_model(text, text) IS
'The one spelling of a model of a maker (in any spelling): PA28-140 by PIPER is PA-28-140. ntsb.aircraft.acft_model_std holds it.';
COMMENT ON FUNCTION ntsb_internal.clean_row(text, record, text, date, date, text, text, anyelement) IS
'Cleans and checks one staged row: raw is a row of ntsb_staging.TABLE, shape a null of type ntsb_staging.clean_TABLE. far_part (of the event''s first aircraft) tells the unit of temperatures, ev_date is the event''s, today ends the past; all may be null. rules and vocabulary are JSON, as CALL ntsb_ingest makes them of ntsb.validation_rule and the data dictionary. Returns the typed row with content_hash, defects, and rejected_by, the rule that refuses it.';
COMMENT ON FUNCTION ntsb_validate_row(text, jsonb) IS
'What a load would say of a row: data holds columns of a file and their values, such as {"ev_id": "20190105X00001", "ev_date": "01/05/19"}; columns left out are null. One line for each rule it fails and each repair, with the value found. Errors: 22023 no such table or column.';
COMMENT ON FUNCTION ntsb_rules_digest() IS
'SHA-256 over all by which rows are judged: the rules as they are set, the codes of the loaded dictionary, and the version of the extension. A batch keeps it in ntsb.batch.';
COMMENT ON FUNCTION ntsb_check_rule(jsonb) IS
'Refuses a row of ntsb.validation_rule that could not be applied, and says why: unknown table, column or action, or a predicate that is more than a condition over one row. Errors: 22023.';
COMMENT ON FUNCTION ntsb_aircraft_family(text, text) IS
'The family of a make and model, in any spelling: 172 for 172N, R172K and F172N; PA-28 for PA-28-140. ntsb.accidents.acft_family holds it for the first aircraft. Null for what names no model.';
COMMENT ON FUNCTION ntsb_standard_city(text) IS
'The one spelling of a city: FT  LAUDERDALE and Fort Lauderdale are Fort Lauderdale. ntsb.accidents.ev_city holds it. Null for what names none.';
COMMENT ON FUNCTION ntsb_standard_code(text, text) IS
'The value of a column of ntsb_search_columns() as the column has it: Fatal is FATL of severity, Alaska is AK of ev_state, 91 is 091 of far_part. Conditions and the filters of the service understand values in this way. Errors: 22023 no such column, no such code (HINT lists the codes).';
COMMENT ON FUNCTION ntsb_time_zone(double precision, double precision) IS
'IANA name of the time zone of a place, in degrees (WGS 84), by the boundaries of timezone-boundary-builder; nautical (Etc/GMT+10) at sea. The first call of a session takes 0.2 s and 32 MB. Null for what is no place.';
COMMENT ON FUNCTION ntsb_sun_elevation(timestamptz, double precision, double precision) IS
'Degrees of the sun''s centre above the horizon of a place (degrees, WGS 84) at a moment from 1900 to 2199, without refraction; within 0.02 (Solar Position Algorithm, Reda and Andreas 2003). Null outside of these.';
COMMENT ON FUNCTION ntsb_daylight(double precision) IS
'Day, Civil twilight or Night, by the elevation of the sun in degrees: the sun sets at -0.833, civil twilight ends at -6, and then it is night by 14 CFR 1.1.';
COMMENT ON FUNCTION ntsb_case_key(text) IS
'The key of the case (mKey of NTSB''s API, ProjectID of its docket) that an ev_id holds: its last six digits since September 2020. Null for older ones.';
COMMENT ON FUNCTION ntsb_band(text, double precision) IS
'The band of a number on a scale of ntsb_bands(): 120 of total_hours is of 100-249. Null for what no such quantity can be, such as an age of 215. Errors: 22023 no such scale.';
COMMENT ON FUNCTION ntsb_bands() IS
'Bands of the dimensions, in order: scale (age in years, total_hours and make_hours in hours, visibility_sm in statute miles, wind_kts in knots, temp_c in degrees Celsius), label, from_value (included) and to_value (not included, but for the last of a scale).';
COMMENT ON FUNCTION ntsb_phase_group(text, text) IS
'The coarse phase of flight of a code: era is the first year of the coding, 2008 or 1982, whose numbers differ in meaning. Standing, Taxi, Takeoff, Initial climb, Climb, Enroute, Descent, Uncontrolled descent, Maneuvering, Approach, Landing, After landing, Post-impact, Other; null for unknown codes.';
COMMENT ON FUNCTION ntsb_cause_category(text, text) IS
'The category of a finding: era is the first year of the coding, 2008 (by the first two digits of finding_code) or 1982 (by the range of subj_code). Aircraft, Personnel, Environment, Organization, Not determined; null where the code does not tell.';
COMMENT ON FUNCTION ntsb_internal.configuration_step(text[], text[]) IS
'What is known of an aircraft after one more event that states some of its attributes; see the aggregate ntsb_internal.configuration.';
COMMENT ON FUNCTION ntsb_internal.configuration_continues(text[], text[]) IS
'Whether an aircraft''s configuration goes on from the one before: all that was known still holds.';
COMMENT ON AGGREGATE ntsb_internal.configuration(text[]) IS
'What is known of an aircraft after the events so far. Each row states some attributes, of which the first three (maker, model, serial number) tell one machine from another; what it leaves out goes on.';
COMMENT ON FUNCTION ntsb_search_advanced(text, text, integer, text) IS
'Accidents for which a condition holds, such as acft_make = ''CESSNA'' AND (ev_state IN (''AK'', ''CA'') OR NOT wx_cond_basic = ''IMC''). filter: SQL over the columns of ntsb_search_columns(), at most 2,000 characters and 16 levels deep; no subqueries, casts or functions but a few; null: all. Makers and cities are found in any spelling, codes also by their names (severity = ''Fatal'', far_part = ''91''); a code that does not exist is an error. Facts are as of the last CALL ntsb_refresh_star(). order_by: a column, and DESC; null comes last. max_rows: 1 to 10,000. page: next_page of the last row of the page before. How long it may take is for statement_timeout to say. Errors: 42601 no condition, 42501 a construct that is not allowed, 42703 no such column, 42804 types that do not fit, 42883 wrong arguments, 22007 no date, 54000 too long or deep, 22023 no such code, page.';
COMMENT ON FUNCTION ntsb_search_columns() IS
'Columns that a condition of ntsb_search_advanced may name, and their types.';
COMMENT ON FUNCTION ntsb_search(text, integer, integer, text[], text, text[], boolean, integer, text, text) IS
'Events whose city, aircraft, reports or probable cause hold the words of a query, best first. query: words, "phrases", OR, -minus; never an error, whatever it is. first_year, last_year, states, make (in any spelling), severity (FATL, SERS, MINR, NONE) and domestic narrow it as is_domestic and the others of ntsb_search_advanced do; null: all. rank: BM25, later events first where it is equal. snippet: the report around the words, which stand in « ». max_rows: 1 to 10,000. page: next_page of the last row of the page before. filter: a condition as for ntsb_search_advanced. Finds what CALL ntsb_refresh_search() last took up. Errors: 22023 page, no such state or severity, those of the filter.';
COMMENT ON FUNCTION ntsb_internal.search_index(integer) IS
'A part of ntsb_refresh_search, which calls it: writes the lists of one segment of the index from ntsb.search_document. Returns how many events it holds.';
COMMENT ON FUNCTION ntsb_similar_accidents(text, integer) IS
'The events most like one, most alike first, never itself; of equally alike ones the later first. score: 0 to 1, six tenths from the words of the reports (the 30 that tell the event from others), four tenths from facts (model, defining event, phase, place, make, category, weather, FAR part, purpose, state); one of both alone where the event has not the other. shared_words (stems) and shared_facts say what makes them alike, weightiest first. max_rows: 1 to 10,000. No rows for an ev_id that search does not know. Errors: 22023 max_rows.';
COMMENT ON FUNCTION ntsb_time_measures() IS
'What ntsb_time_series and its kin can count.';
COMMENT ON FUNCTION ntsb_time_series(text, text, text, double precision) IS
'A measure of ntsb_time_measures() for each bucket (day, week from Monday, month, quarter, year), with nothing left out in between. filter: a condition as for ntsb_search_advanced; one that names ev_date or ev_year ends the series where its events do, any other where the data do. value: a count, 0 where nothing happened, null in a year of which nothing is stored. status: complete; unfinished, as the data end before the bucket; incomplete year, from which on NTSB has finished less than min_completeness (0 to 1) of the share that is usual by ntsb.year_completeness; counts missing, as more than 2 % of the fatal events have no count of the people (value: the sum of the others, null if none has one); no data. Models are fitted to the latest run of complete buckets. Errors: 22023, those of the filter, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_forecast(text, text, integer, double precision, text, double precision) IS
'The next horizon buckets (1 to 1,000) after the last complete one: forecast (the median), and bounds that hold with probability level (0.5 to 0.999) if the model does. Counts become 2 sqrt(n + 3/8) (Anscombe 1948), their season is taken off (STL, Cleveland et al. 1990), the rest follows ETS(A,Ad,N), exponential smoothing with a damped trend (Hyndman et al. 2008). Made from the latest 20 years, of days three years, of years 60: fitted_from, fitted_to and fitted_buckets say which; incomplete buckets are left out, see ntsb_time_series. Ask ntsb_forecast_accuracy how far to trust it. Errors: 22023 too few buckets (twice the season and ten), wrong argument.';
COMMENT ON FUNCTION ntsb_forecast_accuracy(text, text, integer, double precision, text, double precision, integer) IS
'How good ntsb_forecast would have been from as many ends of the series as origins says (1 to 100), a quarter of the horizon apart, beside the seasonal naive forecast (as a season ago). smape: symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993). mase: mean absolute error over that of naive forecasts within the series (Hyndman and Koehler 2006), below 1 is better; null where those never err. coverage: share of buckets within the bounds, to be held against level. compared: number of buckets; fitted_to: the last one. Errors: 22023 too few buckets.';
COMMENT ON FUNCTION ntsb_trend(text, text, text, double precision, double precision) IS
'Whether a measure rises or falls. verdict and p_value: Mann-Kendall test with correction for ties (Kendall 1975), season by season where buckets have one (Hirsch et al. 1982), at 1 - level; tau: s over the number of pairs. sen_slope and its interval (Sen 1968), slope by least squares with its interval and p value (of the series without its season; takes errors as independent, as does the test): all per year. fitted_from, fitted_to and fitted_buckets: what was looked at; left_out: buckets that are incomplete or lie before them. Errors: 22023 fewer than 8 buckets or two seasons, 54000 more than 3,000.';
COMMENT ON FUNCTION ntsb_change_points(text, text, text, double precision, double precision) IS
'First buckets of a new level: the split into stretches with the least squared distances from their means plus a penalty per split (what PELT finds, Killick et al. 2012), of the series without its season, each stretch at least a season and three buckets long. strictness multiplies the penalty of the Bayesian information criterion, 2 variance ln n, the variance taken from differences of neighbours; more than 1 finds fewer. A steady trend shows as a staircase: see ntsb_trend first. Levels are per bucket; fitted_to: the last bucket looked at. Errors: 22023 too few buckets, 54000 more than 25,000.';
COMMENT ON FUNCTION ntsb_seasonality(text, text, text, double precision) IS
'How a measure goes with the season, by month (position 1 to 12) or weekday (1 Monday to 7 Sunday; dates are UTC in rows written since 2020). index: 1 on average, the mean ratio to the moving average over one round (classical decomposition); months are compared as they are, long or short. total: count in those buckets. strength: 0 no season, 1 nothing but season, 1 - Var(remainder) / Var(season + remainder) (Wang, Smith and Hyndman 2006). fitted_to: the last bucket looked at. Errors: 22023 fewer than two rounds.';
COMMENT ON FUNCTION ntsb_correlations(text[], text) IS
'How far columns of ntsb.accidents go together, pair by pair, over the events that have both (filter: a condition as for ntsb_search_advanced). Numbers: pearson, and spearman with ties at their average rank, -1 to 1, p by Student''s t. Categories: cramers_v, 0 to 1, p by chi square without correction. A number and a category: eta, 0 to 1, p by the F test. p_value is of one pair; of many pairs some are small by chance. Null where a column does not vary or fewer than three events have both. Columns: ntsb_correlation_columns(). Errors: 42703 a column not among them, 22023 fewer than two, or one twice.';
COMMENT ON FUNCTION ntsb_correlation_columns() IS
'Columns that ntsb_correlations compares, and whether as numbers or categories.';
COMMENT ON FUNCTION ntsb_association_rules(double precision, double precision, integer, text, text, text[]) IS
'Findings and occurrences that come together: where all of antecedent, there also all of consequent (Apriori, Agrawal and Srikant 1994). Among events that have any, of one era of coding (2008, 1982, 1962) and of kinds (finding, occurrence), for which filter holds: events that have both sides, support as their share, confidence as their share of those with the antecedent, lift over the consequent''s own share (1: independent), leverage as support minus what it were if independent. max_items: both sides together, 2 to 6. By falling lift, support, confidence, then by codes. Errors: 22023, 54000 more than 200,000 sets or rules.';
COMMENT ON FUNCTION ntsb_export_parquet(text, text, boolean) IS
'Writes the rows of a table or view of schema ntsb as Parquet (zstd) into a new folder of the server, a file for each year (year=2008/part-0.parquet) where the rows have a year or an event, beside a manifest.json with rows, columns and digests; into one file, if path ends in .parquet. Returns the files. Codes are dictionaries, dates are dates, places are GeoParquet 1.1 (WKB); what Parquet has no type for is text, and an infinite date is null. The files get their name when all is on disk; what is there already is refused unless overwrite, and then only an export is overwritten. Memory: a row group of 32 MiB at most. Needs pg_write_server_files, as COPY does. Errors: 22023 no such table or no absolute path, 42501 no right, 58P02 it exists, 58P01 no folder above it, 53100 disk full, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_internal.archive_write(bigint, integer) IS
'A part of ntsb_archive_decade, which calls it: writes the rows of the events that ntsb.archived_event gives to an archive into its folder, reads them back, and tells path, rows and digests.';
COMMENT ON FUNCTION ntsb_internal.archive_read(bigint) IS
'A part of ntsb_attach_archive, which calls it: checks the files of an archive, copies their rows into the tables and compares. Returns how many.';
COMMENT ON FUNCTION ntsb_features(text) IS
'What a model may know of an event, by the names of ntsb.feature, with what follows by formula; names of what is not known are left out. It is what training read of the event. Null for an ev_id that the star does not have.';
COMMENT ON FUNCTION ntsb_derive_features(jsonb) IS
'The features of an event that is told as facts, such as {"ev_date": "2016-07-04", "acft_make": "Cessna"}: what follows by formula is added, dates as YYYY-MM-DD, flags as Y or N. What a caller says of a formula''s result is left out. Errors: 22023 no such fact, or not of its kind.';
COMMENT ON FUNCTION ntsb_check_leakage(text) IS
'Why a column, or an expression over columns, may never be a feature of a model: it tells the outcome, or asks whether a column is filled that NTSB fills late. Null where nothing speaks against it.';
COMMENT ON FUNCTION ntsb_train_model(text, text, text, jsonb) IS
'Trains a model on events of the past, sets its probabilities right on later ones, judges it on the latest, and stores it in ntsb.model in stage None. target: severity, fatal, cause_category or cause_event. feature_set: pre_event or scene. options (default; bounds are in the error that an option beyond them gives): algorithm (xgboost, or random_forest), features (all of the set), windows train_from, validate_from, test_from, test_to (dates), rounds (1000), early_stopping (60), eta (0.04), max_depth (5), min_child_weight (10), subsample (0.8), colsample (0.4), lambda (1), class_weights (none), half_life_years (6), calibration (shifted), decide_accuracy (0.9), seed (1), threads (1), memory_mb (1024); without windows the events are parted eight to one to one by date. Seeded: the same data and options on one thread give the same trees to the bit. A cancel is heard between two rounds. Returns its model_id. Errors: 22023 an argument, 42501 a leak, 42703 no such feature, 55000 too few events, 54000 memory_mb, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_internal.convert_artifact(bytea, text) IS
'A part of ntsb_export_model and ntsb_import_model, which call it: trees from one of XGBoost''s formats, ubj or json, to the other. Errors: 22023 no such format or no model.';
COMMENT ON FUNCTION ntsb_internal.artifact_info(bytea) IS
'A part of ntsb_import_model, which calls it: classes, columns and trees of an artifact. Errors: 22023 no model.';
COMMENT ON FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text, double precision, integer, text, text, text, integer, text, text, text, text, double precision, double precision, integer, text, text, text, text) IS
'How severe an event of these facts is likely to be, by the model in Production; null is what is not known. acft_make and acft_model in any spelling; pilot_tot_time in hours, wx_temp in degrees Celsius, ev_time as local HHMM, vis_sm in statute miles, wind_vel_kts in knots, codes as NTSB has them. damage, acft_fire and phase are seen by models of the set scene alone. model: NAME, or NAME:VERSION for one that is not in Production; null: whichever is, one of the set pre_event before one of scene. predicted_severity: the likeliest highest injury, FATL, SERS, MINR or NONE; confidence: its probability; probabilities: that of each, adding up to 1; decided: whether the model is confident enough to answer. Errors: 22023 a value out of its range, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_predict_severity(jsonb, text) IS
'The same, of facts as JSON by the names of ntsb.feature, or of NTSB''s columns (dec_latitude, dec_longitude, pilot_tot_time, wx_temp). A row of ntsb.accident_features, told by its ev_id, is taken as it is. Null facts: no row.';
COMMENT ON FUNCTION ntsb_predict_severity(text, text) IS
'The same, of an event of the warehouse by its ev_id. Errors: also P0002 no such event.';
COMMENT ON FUNCTION ntsb_predict(jsonb, text, text) IS
'What a model of any target says of facts (see ntsb_predict_severity): target is severity, fatal, cause_category or cause_event. Errors: 22023 facts, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_event_facts(text) IS
'The facts of an event as models take them: its row of ntsb.accident_features as JSON. Errors: P0002 no such event.';
COMMENT ON FUNCTION ntsb_model_score(real[], text, text) IS
'Calibrated probabilities of the classes of a model (ntsb_model_classes) for a row of values as ntsb_model_encode makes them; null or NaN is missing. The quickest form over a table: encode once, score often. Errors: 22023 another number of values than the model takes, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_model_encode(jsonb, text, text) IS
'The values that the trees of a model see of facts (see ntsb_predict_severity), NaN where missing; ntsb.model.columns names them. Errors: 22023 facts, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_model_classes(text, text) IS
'What a model tells apart, in the order of the probabilities of ntsb_model_score. Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.model_asked(text, text) IS
'A part of ntsb_predict_pending and ntsb_detect_drift: number of the model that is asked for a target. Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.causes_told(text) IS
'A part of ntsb_predict_causes: which targets of causes a model in Production (or of that name) tells. Errors: 42704 none.';
COMMENT ON FUNCTION ntsb_explain_severity(jsonb, text, text) IS
'Why the model in Production (or the one named) finds a severity likely, of facts as for ntsb_predict_severity: what each feature adds to the margin (SHAP values, before calibration), those of most weight first, after (base), the margin of an event of which nothing is known. Base and contributions add up to margin; the margins of all severities become probabilities by softmax. severity: FATL, SERS, MINR or NONE; null: the likeliest. Errors: 22023 facts or severity, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_explain_severity(text, text, text) IS
'The same, of an event of the warehouse by its ev_id. Errors: also P0002 no such event.';
COMMENT ON FUNCTION ntsb_feature_importance(text, text) IS
'What the trees of a model rest on, the most first: splits that ask for a feature, what these gained in loss (gain, and its share of all), and the rows that they saw, as sums of second derivatives (cover). Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.drift_of_numbers(double precision[], double precision[]) IS
'A part of ntsb_detect_drift: how two samples of numbers differ, by Kolmogorov and Smirnov; no row where one is empty.';
COMMENT ON FUNCTION ntsb_internal.drift_of_codes(text[], text[]) IS
'A part of ntsb_detect_drift: how two samples of codes differ, by chi-squared; no row where one is empty.';
COMMENT ON FUNCTION ntsb_internal.drifted(double precision[], double precision[], double precision, double precision) IS
'A part of ntsb_detect_drift: which of several features have drifted, by their probabilities and indices of stability.';

-- Of these functions, which return tables, the planner is to know that they answer once.
ALTER FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text,
    double precision, integer, text, text, text, integer, text, text, text, text, double precision,
    double precision, integer, text, text, text, text) ROWS 1;
ALTER FUNCTION ntsb_predict_severity(jsonb, text) ROWS 1;
ALTER FUNCTION ntsb_predict_severity(text, text) ROWS 1;
ALTER FUNCTION ntsb_predict(jsonb, text, text) ROWS 1;
-- Then what holds for every function, whoever wrote it and however.

-- A function runs with the privileges of its caller. Were its names looked up along the caller's
-- search_path, whoever may create objects in a schema of that path could be called instead. Functions in
-- Rust that are IMMUTABLE look nothing up. The procedures that commit may not have a setting of their own
-- (PostgreSQL would refuse the COMMIT) and fix their search_path themselves, and so does ntsb_model_score, which is
-- called for each row of a table and runs SQL once for all of them.
DO $$
DECLARE
    function record;
BEGIN
    FOR function IN
        SELECT p.oid::pg_catalog.regprocedure AS signature
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
        JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND d.objid OPERATOR(pg_catalog.=) p.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
        JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
            AND e.extname OPERATOR(pg_catalog.=) 'pg_ntsb'
        WHERE p.prokind OPERATOR(pg_catalog.<>) 'a'
          AND NOT (l.lanname OPERATOR(pg_catalog.=) 'c' AND p.provolatile OPERATOR(pg_catalog.=) 'i')
          AND NOT p.proname OPERATOR(pg_catalog.=) ANY ('{ntsb_maintain,ntsb_predict_pending,ntsb_model_score,ntsb_train}')
          AND NOT pg_catalog.array_to_string(coalesce(p.proconfig, '{}'), ',') OPERATOR(pg_catalog.~) 'search_path='
    LOOP
        EXECUTE pg_catalog.format('ALTER ROUTINE %s SET search_path = pg_catalog, pg_temp', function.signature);
    END LOOP;
END
$$;

-- \df+ says of each function who may call it.
DO $$
DECLARE
    function record;
BEGIN
    FOR function IN
        SELECT p.oid::pg_catalog.regprocedure AS signature, pg_catalog.obj_description(p.oid, 'pg_proc') AS comment,
               coalesce(g.role, 'the owner of the extension') AS role,
               CASE p.prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'ROUTINE' END AS kind
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND d.objid OPERATOR(pg_catalog.=) p.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'
        JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
            AND e.extname OPERATOR(pg_catalog.=) 'pg_ntsb'
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
        LEFT JOIN @extschema@.ntsb_privileges() g ON g.name OPERATOR(pg_catalog.=) p.proname
            AND g.kind OPERATOR(pg_catalog.=) CASE n.nspname WHEN 'ntsb_internal' THEN 'internal' ELSE 'function' END
        WHERE g.role IS DISTINCT FROM 'ntsb_viewer'
    LOOP
        EXECUTE pg_catalog.format('COMMENT ON %s %s IS %L', function.kind, function.signature,
            pg_catalog.format('%s Role: %s.', function.comment, function.role));
    END LOOP;
END
$$;

SELECT ntsb_internal.apply_privileges();
