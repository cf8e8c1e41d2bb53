-- Runs last in the installation. First, comments on the functions written in Rust.

COMMENT ON FUNCTION ntsb_content_hash(jsonb) IS
'SHA-256 of a JSON value, in hexadecimal, equal to hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest() in Python, where row is json.loads of the value. For a stored row: ntsb_content_hash(to_jsonb(e) - ntsb_unhashed_columns(''events'')) = encode(e.content_hash, ''hex'').';
COMMENT ON FUNCTION ntsb_unhashed_columns(text) IS
'Columns of a table in schema ntsb that content_hash does not cover: lchg_date, lchg_userid, and the columns added by cleaning and change capture. Errors: 22023 no such table.';
COMMENT ON FUNCTION ntsb_internal.chain_hash_step(bytea, bytea, bigint, timestamptz, text, text, text, text, bytea, bytea, jsonb) IS
'Internal: state function of ntsb_internal.chain_hash; also called by ntsb_verify_change_log. Returns the entry_hash of an entry of ntsb.change_log: SHA-256 over the entry_hash of the entry before (state, or else previous, or else 32 zero bytes) and this entry as canonical JSON (see ntsb_content_hash; hashes in hexadecimal, changed_at in microseconds since 1970-01-01 UTC).';
COMMENT ON AGGREGATE ntsb_internal.chain_hash(bytea, bigint, timestamptz, text, text, text, text, bytea, bytea, jsonb) IS
'Internal: called by ntsb_ingest. Running entry_hash of change log entries; previous is the entry_hash before the first of them (null if there is none). As a window aggregate over ROWS UNBOUNDED PRECEDING it returns the hash of each entry.';
COMMENT ON FUNCTION ntsb_clean_date(text) IS
'Parses a date in any format found in NTSB files: MM/DD/YY HH:MM:SS, MM/DD/YYYY, ISO, YYYYMMDD, DD-Mon-YYYY, Month D, YYYY. Two-digit years from 40 are in the 1900s. Null if it is not a date.';
COMMENT ON FUNCTION ntsb_clean_timestamp(text) IS
'Parses a date with a time, in any format that ntsb_clean_date accepts, rounded to seconds. Null if it is not a timestamp.';
COMMENT ON FUNCTION ntsb_clean_time(text) IS
'Parses a clock time into the number HHMM (825 is 08:25). 2400 becomes 0. Null if it is not a time, such as 9999.';
COMMENT ON FUNCTION ntsb_clean_number(text) IS
'Parses a number and rounds it to 15 significant digits, so that every reader of a file gets the same value. Null if it is not a number.';
COMMENT ON FUNCTION ntsb_clean_code(text) IS
'Cleans a coded value: trims it and converts it to upper case. Words for unknown (UNK, Unk, UNKNOWN) become null; NONE is a code and stays; leading zeros stay.';
COMMENT ON FUNCTION ntsb_clean_text(text) IS
'Cleans long free text: removes control characters, decodes XML entities, converts line ends to newlines and trims whitespace.';
COMMENT ON FUNCTION ntsb_defects() IS
'Names and descriptions of the defects recorded in ntsb.row_defects.';
COMMENT ON FUNCTION ntsb_source_columns() IS
'Columns of the NTSB files, by table, in file order: type and cleaning in schema ntsb, whether the column is part of the key (in_key) or added by cleaning (derived), and whether the table is a code list (reference).';
COMMENT ON FUNCTION ntsb_copy_command(text, text, text[]) IS
'The psql command that copies a CSV file in the format of mdb-export into ntsb_staging. columns: the columns in the header of the file, if it lacks some of the table''s. Errors: 22023 no such table.';
COMMENT ON FUNCTION ntsb_standard_make(text) IS
'The standard spelling of an aircraft maker: CESSNA and Cessna Aircraft Co become Cessna. Null if the text names no maker. Stored in ntsb.aircraft.acft_make_std.';
COMMENT ON FUNCTION ntsb_standard_model(text, text) IS
'The standard spelling of an aircraft model, given its maker in any spelling: PA28-140 by PIPER becomes PA-28-140. Stored in ntsb.aircraft.acft_model_std.';
COMMENT ON FUNCTION ntsb_internal.clean_row(text, record, text, date, date, text, text, anyelement) IS
'Internal: called by ntsb_ingest. Cleans and checks one staged row. raw: a row of ntsb_staging.TABLE; shape: a null of type ntsb_staging.clean_TABLE. far_part (of the event''s first aircraft) determines the unit of temperatures, ev_date is the date of the event, and dates after today are in the future; all three may be null. rules and vocabulary are JSON built from ntsb.validation_rule and the data dictionary. Returns the typed row with content_hash, its defects, and rejected_by: the rule that rejects it, or null.';
COMMENT ON FUNCTION ntsb_validate_row(text, jsonb) IS
'Checks a row as a load would: data holds columns and their raw values, such as {"ev_id": "20190105X00001", "ev_date": "01/05/19"}; missing columns are null. One row per violation and per repair, with the raw value. Errors: 22023 no such table or column.';
COMMENT ON FUNCTION ntsb_rules_digest() IS
'SHA-256 over everything that decides how rows are validated: the rules as configured, the codes of the loaded dictionary, and the version of the extension. Stored with each batch in ntsb.batch.rules_digest.';
COMMENT ON FUNCTION ntsb_check_rule(jsonb) IS
'Raises an error if a row of ntsb.validation_rule, as JSON, cannot be applied: unknown table, column or action, or a predicate that is not a condition over one row. Errors: 22023.';
COMMENT ON FUNCTION ntsb_aircraft_family(text, text) IS
'The family of a make and model in any spelling: 172 for 172N, R172K and F172N; PA-28 for PA-28-140. Null if the text names no model. ntsb.accidents.acft_family holds it for the first aircraft.';
COMMENT ON FUNCTION ntsb_internal.standardize_us_mark(text) IS
'Internal: called by ntsb_registration_on and ntsb_adopt_registry. A U.S. registration mark in one spelling: N123AB for n123ab, N-123AB and 123AB. Null if the text is not a U.S. mark.';
COMMENT ON FUNCTION ntsb_internal.standardize_serial(text) IS
'Internal: called by ntsb_registration_on and ntsb_adopt_registry. A serial number for comparison: letters and digits only, upper case, without leading zeros. Null if nothing is left, or only a word for unknown (NONE, UNK, UNKNOWN, N/A).';
COMMENT ON FUNCTION ntsb_standard_city(text) IS
'The standard spelling of a city: FT  LAUDERDALE and Fort Lauderdale become Fort Lauderdale. Null if the text names no city. Stored in ntsb.accidents.ev_city.';
COMMENT ON FUNCTION ntsb_standard_code(text, text) IS
'Converts a value to the code of a column of ntsb_search_columns(): Fatal becomes FATL for severity, Alaska AK for ev_state, 91 becomes 091 for far_part. Filter expressions and the filters of the REST service convert values the same way. Errors: 22023 no such column, no such code (HINT lists the codes).';
COMMENT ON FUNCTION ntsb_time_zone(double precision, double precision) IS
'IANA name of the time zone at a point (degrees, WGS 84), from the boundaries of timezone-boundary-builder; a nautical zone (Etc/GMT+10) at sea. The first call of a session takes 0.2 s and 32 MB. Null for invalid coordinates.';
COMMENT ON FUNCTION ntsb_sun_elevation(timestamptz, double precision, double precision) IS
'Elevation of the sun''s centre above the horizon in degrees, without refraction, at a point (degrees, WGS 84) and a moment from 1900 to 2199; accurate to 0.02 degrees (Solar Position Algorithm, Reda and Andreas 2003). Null outside these ranges.';
COMMENT ON FUNCTION ntsb_daylight(double precision) IS
'Day, Civil twilight or Night, by the elevation of the sun in degrees: the sun sets at -0.833, civil twilight ends at -6, after which it is night by 14 CFR 1.1.';
COMMENT ON FUNCTION ntsb_case_key(text) IS
'The case key in an ev_id (mKey in NTSB''s API, ProjectID of its docket): its last six digits since September 2020. Null for older events.';
COMMENT ON FUNCTION ntsb_band(text, double precision) IS
'The band of a value on a scale of ntsb_bands(): 120 on total_hours is in 100-249. Null for impossible values, such as an age of 215. Errors: 22023 no such scale.';
COMMENT ON FUNCTION ntsb_bands() IS
'Bands of the dimensions, in order: scale (age in years, total_hours and make_hours in hours, visibility_sm in statute miles, wind_kts in knots, temp_c in degrees Celsius), label, from_value (inclusive) and to_value (exclusive, except for the last band of a scale).';
COMMENT ON FUNCTION ntsb_phase_group(text, text) IS
'The phase group of a phase code. era: first year of the coding, 2008 or 1982, because the same numbers differ in meaning. Standing, Taxi, Takeoff, Initial climb, Climb, Enroute, Descent, Uncontrolled descent, Maneuvering, Approach, Landing, After landing, Post-impact, Other; null for unknown codes.';
COMMENT ON FUNCTION ntsb_cause_category(text, text) IS
'The category of a finding. era: first year of the coding, 2008 (first two digits of finding_code) or 1982 (range of subj_code). Aircraft, Personnel, Environment, Organization, Not determined; null if the code has no category.';
COMMENT ON FUNCTION ntsb_internal.merge_configuration_step(text[], text[]) IS
'Internal: state function of ntsb_internal.merge_configuration. Merges the attributes that one event states into the known attributes of an aircraft.';
COMMENT ON FUNCTION ntsb_internal.continues_configuration(text[], text[]) IS
'Internal: step of ntsb_refresh_star. Returns whether a configuration only extends the one before: all attributes known before are unchanged.';
COMMENT ON AGGREGATE ntsb_internal.merge_configuration(text[]) IS
'Internal: step of ntsb_refresh_star. The known attributes of an aircraft after a series of events. Each row states some attributes; missing ones keep their value. A different maker, model or serial number (the first three) means another aircraft, so nothing is kept.';
COMMENT ON FUNCTION ntsb_search_advanced(text, text, integer, text) IS
'Accidents that match a filter expression, such as acft_make = ''CESSNA'' AND (ev_state IN (''AK'', ''CA'') OR NOT wx_cond_basic = ''IMC''). filter: an SQL condition over the columns of ntsb_search_columns(), at most 2,000 characters and 16 levels deep; no subqueries or casts, and only a few functions; null: all accidents. Makers and cities match in any spelling, and codes also by name (severity = ''Fatal'', far_part = ''91''); an unknown code is an error. Facts are as of the last CALL ntsb_refresh_star(). order_by: a column, optionally followed by DESC; nulls sort last. max_rows: 1 to 10,000. page: next_page of the last row of the previous page. statement_timeout limits the run time. Errors: 42601 not a condition, 42501 a construct that is not allowed, 42703 no such column, 42804 incompatible types, 42883 wrong arguments, 22007 invalid date, 54000 too long or too deep, 22023 no such code, invalid page cursor or max_rows.';
COMMENT ON FUNCTION ntsb_search_columns() IS
'Columns that filter expressions may use, and their types.';
COMMENT ON FUNCTION ntsb_search(text, integer, integer, text[], text, text[], boolean, integer, text, text) IS
'Full-text search over city, aircraft, reports and probable cause, best match first. query: words, "phrases", OR, -minus; any text is valid. first_year, last_year, states, make (in any spelling), severity (FATL, SERS, MINR, NONE) and domestic (is_domestic) restrict the results; null: no restriction. filter: a filter expression as for ntsb_search_advanced. rank: BM25 score; equal ranks list later events first. snippet: the text around the matches, which are marked with « ». max_rows: 1 to 10,000. page: next_page of the last row of the previous page. Current as of the last CALL ntsb_refresh_search(). Errors: 22023 page cursor, years, state, severity or max_rows, and those of the filter.';
COMMENT ON FUNCTION ntsb_internal.build_search_segment(integer) IS
'Internal: called by ntsb_refresh_search. Writes the posting lists of one segment of the search index from ntsb.search_document. Returns the number of events in the segment.';
COMMENT ON FUNCTION ntsb_similar_accidents(text, integer) IS
'The events most similar to a given one, most similar first, without the event itself; equal scores list later events first. score: 0 to 1, six tenths from the words of the reports (the 30 most distinctive) and four tenths from facts (model, defining event, phase, place, make, category, weather, FAR part, purpose, state); if the event has only one of the two, from that alone. shared_words (stems) and shared_facts explain the score, highest weight first. max_rows: 1 to 10,000. No rows for an ev_id that is not in the search index. Errors: 22023 max_rows.';
COMMENT ON FUNCTION ntsb_time_measures() IS
'Measures that ntsb_time_series and the functions based on it can count.';
COMMENT ON FUNCTION ntsb_time_series(text, text, text, double precision) IS
'A measure of ntsb_time_measures() per bucket (day, week from Monday, month, quarter, year), without gaps. filter: as for ntsb_search_advanced; a filter on ev_date or ev_year ends the series with its events, any other filter with the data. value: the count, 0 for a bucket without events, null in a year without stored events. status: complete; unfinished: the data end before the bucket does; incomplete year: from this year on NTSB has finished less than min_completeness (0 to 1) of the usual share by ntsb.year_completeness; counts missing: more than 2 % of the fatal events have no count of people (value: the sum of the others, null if none has one); no data. Models are fitted to the latest run of complete buckets. Errors: 22023 arguments, those of the filter, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_forecast(text, text, integer, double precision, text, double precision) IS
'Forecast of the next buckets (horizon: 1 to 1,000) after the last complete one: the median forecast and a prediction interval with coverage probability level (0.5 to 0.999). Counts are transformed to 2 sqrt(n + 3/8) (Anscombe 1948), the season is removed (STL, Cleveland et al. 1990), and the rest is forecast with ETS(A,Ad,N), exponential smoothing with a damped trend (Hyndman et al. 2008). Fitted to the latest 20 years (days: 3 years, years: 60 years); fitted_from, fitted_to and fitted_buckets give the range. Incomplete buckets are excluded, see ntsb_time_series. ntsb_forecast_accuracy measures the accuracy. Errors: 22023 too few buckets (needs two seasons and ten buckets), invalid argument.';
COMMENT ON FUNCTION ntsb_forecast_accuracy(text, text, integer, double precision, text, double precision, integer) IS
'Accuracy of ntsb_forecast in a backtest from origins ends of the series (1 to 100), a quarter of the horizon apart, compared with the seasonal naive forecast (the value one season before). smape: symmetric mean absolute percentage error, 0 to 200 (Makridakis 1993). mase: mean absolute error relative to in-sample naive forecasts (Hyndman and Koehler 2006), below 1 is better; null if those have no error. coverage: share of buckets within the prediction interval, to compare with level. compared: number of buckets; fitted_to: the last one. Errors: 22023 too few buckets.';
COMMENT ON FUNCTION ntsb_trend(text, text, text, double precision, double precision) IS
'Trend of a measure. verdict and p_value: Mann-Kendall test with tie correction (Kendall 1975), by season if the buckets have one (Hirsch et al. 1982), at significance 1 - level; tau: s divided by the number of pairs. sen_slope with its interval (Sen 1968), and the least-squares slope with its interval and p value (of the deseasonalised series; assumes independent errors, as the test does): all per year. fitted_from, fitted_to and fitted_buckets: the range used; left_out: buckets that are incomplete or before that range. Errors: 22023 fewer than 8 buckets or two seasons, 54000 more than 3,000 buckets.';
COMMENT ON FUNCTION ntsb_change_points(text, text, text, double precision, double precision) IS
'Change points: the first bucket of each new level. Finds the segmentation of the deseasonalised series with the least squared error plus a penalty per change point (the optimum that PELT finds, Killick et al. 2012); each segment has at least one season and three buckets. strictness multiplies the penalty of the Bayesian information criterion, 2 variance ln n, with the variance estimated from differences of neighbours; more than 1 finds fewer change points. A steady trend appears as a staircase, so check ntsb_trend first. Levels are per bucket; fitted_to: the last bucket used. Errors: 22023 too few buckets, 54000 more than 25,000 buckets.';
COMMENT ON FUNCTION ntsb_seasonality(text, text, text, double precision) IS
'Seasonality of a measure by month (position 1 to 12) or weekday (1 Monday to 7 Sunday; dates are UTC in rows written since 2020). index: mean ratio to the moving average over one cycle, 1 on average (classical decomposition); not adjusted for the length of months. total: count in those buckets. strength: 1 - Var(remainder) / Var(season + remainder), 0 no seasonality to 1 only seasonality (Wang, Smith and Hyndman 2006). fitted_to: the last bucket used. Errors: 22023 fewer than two cycles.';
COMMENT ON FUNCTION ntsb_correlations(text[], text) IS
'Pairwise association between columns of ntsb.accidents, over the events that have both values. filter: as for ntsb_search_advanced. Two numbers: pearson, and spearman with average ranks for ties, -1 to 1, p from Student''s t. Two categories: cramers_v, 0 to 1, p from chi square without correction. A number and a category: eta, 0 to 1, p from the F test. p_value is for one pair and is not adjusted for multiple comparisons. Null if a column does not vary or fewer than three events have both values. Columns: ntsb_correlation_columns(). Errors: 42703 unknown column, 22023 fewer than two columns, or one twice.';
COMMENT ON FUNCTION ntsb_correlation_columns() IS
'Columns that ntsb_correlations compares, and whether each is a number or a category.';
COMMENT ON FUNCTION ntsb_association_rules(double precision, double precision, integer, text, text, text[]) IS
'Association rules between findings and occurrences: events with all of antecedent tend to have all of consequent (Apriori, Agrawal and Srikant 1994). Over the events of one coding era (2008, 1982, 1962) that match filter and have any item of kinds (finding, occurrence). events: number of events with both sides; support: their share; confidence: their share of the events with the antecedent; lift: confidence divided by the share of the consequent (1: independent); leverage: support minus the support expected if independent. max_items: items of both sides together, 2 to 6. Ordered by descending lift, support and confidence, then by codes. Errors: 22023 arguments, 54000 more than 200,000 item sets or rules.';
COMMENT ON FUNCTION ntsb_export_parquet(text, text, boolean) IS
'Exports a table or view of schema ntsb as Parquet (zstd) into a new folder on the server: one file per year (year=2008/part-0.parquet) if the rows have a year or an event, and a manifest.json with rows, columns and digests. Writes a single file if path ends in .parquet. Returns the files. Codes are dictionary-encoded, dates are dates, geometries are GeoParquet 1.1 (WKB), types that Parquet lacks are text, and infinite dates are null. Files get their final name when all data is on disk. An existing path is an error unless overwrite is true, and then only an earlier export is replaced. Memory: one row group of at most 32 MiB. Needs pg_write_server_files, as COPY does. Errors: 22023 no such table or not an absolute path, 42501 missing privilege, 58P02 path exists, 58P01 parent folder missing, 53100 disk full, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_internal.write_archive(bigint, integer) IS
'Internal: called by ntsb_archive_decade. Writes the rows of the events that ntsb.archived_event assigns to an archive into its folder, reads the files back, and returns path, rows and digests as JSON.';
COMMENT ON FUNCTION ntsb_internal.read_archive(bigint) IS
'Internal: called by ntsb_attach_archive. Verifies the files of an archive, copies their rows into the tables and compares them. Returns the number of rows.';
COMMENT ON FUNCTION ntsb_features(text) IS
'The features of an event by the names of ntsb.feature, derived ones included, exactly as training reads them; unknown features are omitted. Null for an ev_id that is not in the star schema.';
COMMENT ON FUNCTION ntsb_derive_features(jsonb) IS
'Computes the features of an event given as facts, such as {"ev_date": "2016-07-04", "acft_make": "Cessna"}: derived features are added, dates are YYYY-MM-DD, flags are Y or N. Given values of derived features are ignored. Errors: 22023 unknown fact or wrong type.';
COMMENT ON FUNCTION ntsb_check_leakage(text) IS
'Why a column, or an expression over columns, must not be a feature (leakage): it reveals the outcome, or depends on whether NTSB has filled a column that is filled late. Null if it is allowed.';
COMMENT ON FUNCTION ntsb_train_model(text, text, text, jsonb) IS
'Trains a model on past events, calibrates its probabilities on later ones, evaluates it on the latest, and stores it in ntsb.model in stage None. target: severity, fatal, cause_category or cause_event. feature_set: pre_event or scene. options (defaults; errors state the allowed ranges): algorithm (xgboost, or random_forest), features (all of the set), windows train_from, validate_from, test_from, test_to (dates; default: events split 8:1:1 by date), rounds (1000), early_stopping (60), eta (0.04), max_depth (5), min_child_weight (10), subsample (0.8), colsample (0.4), lambda (1), class_weights (none), half_life_years (6), calibration (shifted), decide_accuracy (0.9), seed (1), threads (1), memory_mb (1024). Deterministic: the same data and options with one thread give bit-identical trees. Can be cancelled between two rounds. Returns its model_id. Errors: 22023 invalid argument, 42501 leakage, 42703 no such feature, 55000 too few events, 54000 memory_mb, 3F000 no warehouse.';
COMMENT ON FUNCTION ntsb_internal.convert_artifact(bytea, text) IS
'Internal: called by ntsb_export_model and ntsb_import_model. Converts trees between XGBoost''s formats ubj and json. Errors: 22023 no such format or not a model.';
COMMENT ON FUNCTION ntsb_internal.describe_artifact(bytea) IS
'Internal: called by ntsb_import_model. Returns the number of classes, columns and trees of an artifact. Errors: 22023 not a model.';
COMMENT ON FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text, double precision, integer, text, text, text, integer, text, text, text, text, double precision, double precision, integer, text, text, text, text) IS
'Predicts the severity of an event from facts, null for unknown, with the model in Production. acft_make and acft_model in any spelling; pilot_tot_time in hours, wx_temp in degrees Celsius, ev_time as local HHMM, vis_sm in statute miles, wind_vel_kts in knots, codes as in NTSB''s files. damage, acft_fire and phase are used only by models with feature set scene. model: NAME, or NAME:VERSION for a model that is not in Production; null: the one in Production, with feature set pre_event before scene. predicted_severity: the most likely highest injury, FATL, SERS, MINR or NONE; confidence: its probability; probabilities: of each class, summing to 1; decided: whether the model is confident enough to answer. Errors: 22023 a value out of range, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_predict_severity(jsonb, text) IS
'Predicts the severity of an event from facts as JSON, by the names of ntsb.feature or of NTSB''s columns (dec_latitude, dec_longitude, pilot_tot_time, wx_temp). A row of ntsb.accident_features, recognised by its ev_id, is used as it is. Null facts: no row. See the function with named arguments for results and errors.';
COMMENT ON FUNCTION ntsb_predict_severity(text, text) IS
'Predicts the severity of a stored event by its ev_id. See the function with named arguments for results. Errors: also P0002 no such event.';
COMMENT ON FUNCTION ntsb_predict(jsonb, text, text) IS
'Predicts any target from facts (see ntsb_predict_severity). target: severity, fatal, cause_category or cause_event. Errors: 22023 facts, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_event_facts(text) IS
'The facts of a stored event as input for models: its row of ntsb.accident_features as JSON. Errors: P0002 no such event.';
COMMENT ON FUNCTION ntsb_model_score(real[], text, text) IS
'Calibrated probabilities of the classes of a model (ntsb_model_classes) for a vector of values from ntsb_model_encode; null or NaN is missing. The fastest way to score a table: encode once, score often. Errors: 22023 wrong number of values, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_model_encode(jsonb, text, text) IS
'Encodes facts (see ntsb_predict_severity) as the vector of values that the trees of a model take, NaN if missing; ntsb.model.columns names them. Errors: 22023 facts, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_model_classes(text, text) IS
'Lists the classes of a model, in the order of the probabilities of ntsb_model_score. Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.find_model(text, text) IS
'Internal: called by ntsb_predict_pending and ntsb_detect_drift. Returns the model_id of the model for a target: the one in Production, or the one named. Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.list_cause_targets(text) IS
'Internal: called by ntsb_predict_causes. Lists the cause targets that have a model in Production (or of that name). Errors: 42704 none.';
COMMENT ON FUNCTION ntsb_explain_severity(jsonb, text, text) IS
'Explains a prediction of the model in Production (or the one named), from facts as for ntsb_predict_severity: the contribution of each feature to the margin of a severity (SHAP values, before calibration), largest first. The first row, (base), is the margin of an event without known facts; base and contributions sum to margin. The softmax of the margins of all severities gives the probabilities. severity: FATL, SERS, MINR or NONE; null: the predicted one. Errors: 22023 facts or severity, 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_explain_severity(text, text, text) IS
'Explains the prediction for a stored event by its ev_id; see ntsb_explain_severity(jsonb, text, text). Errors: also P0002 no such event.';
COMMENT ON FUNCTION ntsb_feature_importance(text, text) IS
'Feature importance of a model, most important first: number of splits on the feature, their total loss reduction (gain) and its share of the total, and the rows seen as sums of second derivatives (cover). Errors: 42704 no model in Production.';
COMMENT ON FUNCTION ntsb_internal.measure_number_drift(double precision[], double precision[]) IS
'Internal: called by ntsb_detect_drift. Compares two samples of numbers with the Kolmogorov-Smirnov test; no row if one is empty.';
COMMENT ON FUNCTION ntsb_internal.measure_code_drift(text[], text[]) IS
'Internal: called by ntsb_detect_drift. Compares two samples of codes with the chi-squared test; no row if one is empty.';
COMMENT ON FUNCTION ntsb_internal.flag_drifted_features(double precision[], double precision[], double precision, double precision) IS
'Internal: called by ntsb_detect_drift. Returns which of several features have drifted, by their p values and population stability indices.';

-- These table functions return one row: the default estimate is 1,000.
ALTER FUNCTION ntsb_predict_severity(date, double precision, double precision, text, text, double precision, text,
    double precision, integer, text, text, text, integer, text, text, text, text, double precision,
    double precision, integer, text, text, text, text) ROWS 1;
ALTER FUNCTION ntsb_predict_severity(jsonb, text) ROWS 1;
ALTER FUNCTION ntsb_predict_severity(text, text) ROWS 1;
ALTER FUNCTION ntsb_predict(jsonb, text, text) ROWS 1;
-- Every function gets a fixed search_path. Otherwise whoever may create objects in a schema of the caller's
-- search_path could have them called with the caller's privileges. Exceptions: IMMUTABLE functions in Rust look up no
-- names; procedures that commit cannot have a SET clause (PostgreSQL refuses their COMMIT) and set the search_path
-- themselves; ntsb_model_score sets it only when it runs SQL, because it is called for each row of a table.
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
          AND NOT p.proname OPERATOR(pg_catalog.=) ANY ('{ntsb_maintain,ntsb_predict_pending,ntsb_model_score,ntsb_resolve_distributed_loads,ntsb_run_dag,ntsb_run_dags,ntsb_train}')
          AND NOT pg_catalog.array_to_string(coalesce(p.proconfig, '{}'), ',') OPERATOR(pg_catalog.~) 'search_path='
    LOOP
        EXECUTE pg_catalog.format('ALTER ROUTINE %s SET search_path = pg_catalog, pg_temp', function.signature);
    END LOOP;
END
$$;

-- Appends the lowest role that may call each function to its comment.
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
