//! Builds the query of a list of events from its filters, sort order and page.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::database::Query;
use crate::error::Problem;
use crate::response::Format;
use crate::schema::events::EventRow;

struct SortKey {
    name: &'static str,
    /// Never null.
    expression: &'static str,
    sql_type: &'static str,
}

const SORT_KEYS: [SortKey; 3] = [
    SortKey {
        name: "ev_date",
        expression: "coalesce(f.ev_date, make_date(f.ev_year::int, 1, 1))",
        sql_type: "date",
    },
    SortKey { name: "fatalities", expression: "coalesce(f.fatalities, 0)", sql_type: "int" },
    SortKey { name: "ev_id", expression: "f.ev_id", sql_type: "text" },
];

const DEFAULT_LIMIT: i32 = 50;
const MAX_ROWS: i32 = 1_000;
const MAX_STREAMED_ROWS: i32 = 200_000;

pub struct EventFilter<'a> {
    pub years: (Option<i32>, Option<i32>),
    pub types: Option<&'a str>,
    pub states: Option<&'a str>,
    pub severities: Option<&'a str>,
    pub make: Option<&'a str>,
    pub model: Option<&'a str>,
    pub far_parts: Option<&'a str>,
    pub weather: Option<&'a str>,
    pub bbox: Option<&'a str>,
    pub domestic: Option<bool>,
}

pub struct EventQuery {
    /// The parameters. The statement is added at the end.
    query: Query,
    conditions: Vec<String>,
    sort_key: &'static SortKey,
    is_descending: bool,
    limit: i32,
}

impl EventQuery {
    pub fn new(
        filter: &EventFilter,
        sort: Option<&str>,
        limit: Option<i32>,
        page: Option<&str>,
    ) -> Result<EventQuery, Problem> {
        let sort = sort.unwrap_or("-ev_date");
        let (name, is_descending) = match sort.strip_prefix('-') {
            Some(name) => (name, true),
            None => (sort, false),
        };
        let sort_key = SORT_KEYS.iter().find(|key| key.name == name).ok_or_else(|| {
            Problem::bad_input(format!("events cannot be sorted by {name:?}"))
                .hint("sort: -ev_date, ev_date, -fatalities, fatalities, -ev_id or ev_id.")
        })?;
        let (query, limit) = (Query::new(""), limit.unwrap_or(DEFAULT_LIMIT));
        let conditions = Vec::new();
        let mut list = EventQuery { query, conditions, sort_key, is_descending, limit };
        list.add_filter(filter)?;
        if let Some(page) = page {
            list.start_after(page)?;
        }
        Ok(list)
    }

    fn add_filter(&mut self, filter: &EventFilter) -> Result<(), Problem> {
        self.compare_int("f.ev_year >= ", filter.years.0);
        self.compare_int("f.ev_year <= ", filter.years.1);
        self.any_code("ev_type", filter.types)?;
        self.any_code("ev_state", filter.states)?;
        self.any_code("severity", filter.severities)?;
        self.any_code("far_part", filter.far_parts)?;
        self.any_code("wx_cond_basic", filter.weather)?;
        self.make_and_model(filter.make, filter.model)?;
        if let Some(domestic) = filter.domestic {
            let n = self.bind(|q| q.boolean(domestic));
            self.conditions.push(format!("f.is_domestic = ${n}"));
        }
        if let Some(bbox) = filter.bbox {
            self.bounding_box(bbox)?;
        }
        Ok(())
    }

    /// Adds parameters, and returns the number of the first.
    fn bind(&mut self, add: impl FnOnce(Query) -> Query) -> usize {
        let n = self.query.next_parameter();
        let query = std::mem::replace(&mut self.query, Query::new(""));
        self.query = add(query);
        n
    }

    fn compare_int(&mut self, comparison: &str, value: Option<i32>) {
        if let Some(value) = value {
            let n = self.bind(|q| q.int(value));
            self.conditions.push(format!("{comparison}${n}"));
        }
    }

    /// Matches any of the codes in a list. The database also accepts the names of codes.
    fn any_code(&mut self, column: &str, list: Option<&str>) -> Result<(), Problem> {
        let Some(list) = list else { return Ok(()) };
        let codes = list.split(',').map(checked_text).collect::<Result<Vec<_>, _>>()?;
        let n = self.bind(|q| q.text_array(codes));
        self.conditions.push(format!(
            "f.{column} = ANY (ARRAY(SELECT ntsb_standard_code('{column}', c) FROM unnest(${n}::text[]) c))"
        ));
        Ok(())
    }

    fn make_and_model(&mut self, make: Option<&str>, model: Option<&str>) -> Result<(), Problem> {
        let make = make.map(checked_text).transpose()?;
        if let Some(make) = &make {
            let n = self.bind(|q| q.text(make.clone()));
            self.conditions.push(format!("f.acft_make = ntsb_standard_code('acft_make', ${n})"));
        }
        let Some(model) = model.map(checked_text).transpose()? else { return Ok(()) };
        let n = self.bind(|q| q.text(model));
        self.conditions.push(match make {
            // The make is the previous parameter.
            Some(_) => format!("f.acft_model = ntsb_standard_model(${}, ${n})", n - 1),
            None => format!("f.acft_model = ntsb_standard_code('acft_model', ${n})"),
        });
        Ok(())
    }

    fn bounding_box(&mut self, text: &str) -> Result<(), Problem> {
        let sides: Vec<f64> = text.split(',').filter_map(|s| s.trim().parse().ok()).collect();
        let invalid = || {
            Problem::bad_input("bbox must be west,south,east,north in degrees")
                .details(text.to_owned())
                .hint("Example: bbox=-125,24,-66,50.")
        };
        let &[west, south, east, north] = sides.as_slice() else { return Err(invalid()) };
        let is_within = |v: f64, max: f64| (-max..=max).contains(&v);
        let are_degrees =
            is_within(west, 180.0) && is_within(east, 180.0) && is_within(south, 90.0);
        if !are_degrees || !is_within(north, 90.0) || south > north {
            return Err(invalid());
        }
        let n = self.bind(|q| q.float(west).float(south).float(east).float(north));
        let operator = if west <= east { "AND" } else { "OR" };
        self.conditions.push(format!(
            "(f.lon >= ${n} {operator} f.lon <= ${}) AND f.lat BETWEEN ${} AND ${}",
            n + 2,
            n + 1,
            n + 3
        ));
        Ok(())
    }

    /// Starts after the last row of the previous page, whatever was loaded in between.
    fn start_after(&mut self, page: &str) -> Result<(), Problem> {
        let invalid = || {
            let shown: String = page.chars().take(200).collect();
            Problem::bad_input(format!("invalid page cursor {shown:?}"))
                .hint("Use next_page of the previous response, with the same sort.")
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(page).map_err(|_| invalid())?;
        let (sort, value, ev_id): (String, String, String) =
            serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        if sort != self.sort_name()
            || !self.sort_key.is_valid(&value)
            || checked_text(&ev_id).is_err()
        {
            return Err(invalid());
        }
        let n = self.bind(|q| q.text(value).text(ev_id));
        let SortKey { expression, sql_type, .. } = self.sort_key;
        let operator = if self.is_descending { "<" } else { ">" };
        self.conditions
            .push(format!("({expression}, f.ev_id) {operator} (${n}::{sql_type}, ${})", n + 1));
        Ok(())
    }

    /// The sort order as the parameter `sort` names it.
    fn sort_name(&self) -> String {
        format!("{}{}", if self.is_descending { "-" } else { "" }, self.sort_key.name)
    }

    pub fn build(self, format: Format) -> Result<Query, Problem> {
        let max = if format == Format::NdJson { MAX_STREAMED_ROWS } else { MAX_ROWS };
        if !(1..=max).contains(&self.limit) {
            let message = format!("limit must be between 1 and {max}, got {}", self.limit);
            return Err(Problem::bad_input(message)
                .hint("Read a longer list page by page, or as NDJSON (up to 200,000 rows)."));
        }
        let (direction, limit) = (if self.is_descending { "DESC" } else { "ASC" }, self.limit);
        let (expression, sort) = (self.sort_key.expression, self.sort_name());
        let conditions = match self.conditions.as_slice() {
            [] => String::new(),
            all => format!("WHERE {}", all.join(" AND ")),
        };
        let columns = EventRow::select_list();
        // The page is found in the narrow table, and only its rows are decoded. One more row shows whether there is
        // another page.
        let sql = format!(
            "WITH page AS MATERIALIZED (
                 SELECT f.ev_id, {expression} AS sorted, row_number() OVER (ORDER BY {expression} {direction}, f.ev_id {direction}) AS n FROM (
                     SELECT f.* FROM ntsb.fact_accidents f {conditions}
                     ORDER BY {expression} {direction}, f.ev_id {direction} LIMIT {limit} + 1) f)
             SELECT {columns},
                    CASE WHEN p.n = {limit} AND (SELECT count(*) FROM page) > {limit} THEN
                        translate(encode(convert_to(json_build_array('{sort}', p.sorted::text, p.ev_id)::text,
                            'UTF8'), 'base64'), E'+/=\\n', '-_') END AS next_page
             FROM page p JOIN ntsb.accidents a USING (ev_id)
             WHERE p.n <= {limit} ORDER BY p.n"
        );
        Ok(self.query.with_sql(sql))
    }
}

impl SortKey {
    /// Whether PostgreSQL can parse the value.
    fn is_valid(&self, value: &str) -> bool {
        match self.sql_type {
            "date" => value.parse::<chrono::NaiveDate>().is_ok(),
            "int" => value.parse::<i32>().is_ok(),
            _ => checked_text(value).is_ok(),
        }
    }
}

/// Rejects NUL bytes and over-long values.
fn checked_text(text: &str) -> Result<String, Problem> {
    if text.len() <= 100 && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(Problem::bad_input("a value must have at most 100 characters and no NUL byte"))
}
