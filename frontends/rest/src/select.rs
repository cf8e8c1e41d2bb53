//! A list of events: conditions, order and page, as one statement that says no more than it has to.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::ask::Question;
use crate::encode::Form;
use crate::error::Problem;

const COLUMNS: &str = "
    a.ev_id, a.ntsb_no, a.ev_type, a.ev_date, a.ev_year, a.ev_city, a.ev_state, a.ev_country,
    a.is_domestic, a.lat, a.lon, a.severity, a.severity_label, a.fatalities, a.serious, a.minor,
    a.wx_cond_basic, a.far_part, a.acft_make, a.acft_model, a.acft_category, a.regis_no, a.phase,
    a.cause_category, a.report_status, a.is_final";

/// Name, expression (never null) and its type.
const ORDERS: &[(&str, &str, &str)] = &[
    ("ev_date", "coalesce(f.ev_date, make_date(f.ev_year::int, 1, 1))", "date"),
    ("fatalities", "coalesce(f.fatalities, 0)", "int"),
    ("ev_id", "f.ev_id", "text"),
];

const DEFAULT_LIMIT: i32 = 50;
const MOST: i32 = 1_000;
const MOST_STREAMED: i32 = 200_000;

pub struct Filter<'a> {
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

pub struct Selection {
    question: Question,
    conditions: Vec<String>,
    /// Name, expression and type.
    order: &'static (&'static str, &'static str, &'static str),
    descends: bool,
    limit: i32,
}

impl Selection {
    pub fn new(
        filter: &Filter,
        sort: Option<&str>,
        limit: Option<i32>,
        page: Option<&str>,
    ) -> Result<Selection, Problem> {
        let (name, descends) = match sort.unwrap_or("-ev_date").strip_prefix('-') {
            Some(name) => (name, true),
            None => (sort.unwrap_or_default(), false),
        };
        let order = ORDERS.iter().find(|(known, ..)| *known == name).ok_or_else(|| {
            Problem::bad_input("events cannot be sorted by that")
                .details(name.to_owned())
                .hint("sort: -ev_date, ev_date, -fatalities, fatalities, -ev_id or ev_id.")
        })?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        let mut selection = Selection {
            question: Question::new(""),
            conditions: Vec::new(),
            order,
            descends,
            limit,
        };
        selection.filter(filter)?;
        if let Some(page) = page {
            selection.after(page)?;
        }
        Ok(selection)
    }

    fn filter(&mut self, f: &Filter) -> Result<(), Problem> {
        self.int("f.ev_year >= ", f.years.0);
        self.int("f.ev_year <= ", f.years.1);
        self.any_of("ev_type", f.types)?;
        self.any_of("ev_state", f.states)?;
        self.any_of("severity", f.severities)?;
        self.any_of("far_part", f.far_parts)?;
        self.any_of("wx_cond_basic", f.weather)?;
        self.model(f.make, f.model)?;
        if let Some(domestic) = f.domestic {
            let n = self.add(|q| q.flag(domestic));
            self.conditions.push(format!("f.is_domestic = ${n}"));
        }
        if let Some(bbox) = f.bbox {
            self.bbox(bbox)?;
        }
        Ok(())
    }

    fn add(&mut self, with: impl FnOnce(Question) -> Question) -> usize {
        let n = self.question.next();
        let question = std::mem::replace(&mut self.question, Question::new(""));
        self.question = with(question);
        n
    }

    fn int(&mut self, condition: &str, value: Option<i32>) {
        if let Some(value) = value {
            let n = self.add(|q| q.int(value));
            self.conditions.push(format!("{condition}${n}"));
        }
    }

    /// Codes or their names, as the database understands them.
    fn any_of(&mut self, column: &str, list: Option<&str>) -> Result<(), Problem> {
        let Some(list) = list else { return Ok(()) };
        let codes = list.split(',').map(plain).collect::<Result<Vec<_>, _>>()?;
        let n = self.add(|q| q.texts(codes));
        self.conditions.push(format!(
            "f.{column} = ANY (ARRAY(SELECT ntsb_standard_code('{column}', c) FROM unnest(${n}::text[]) c))"
        ));
        Ok(())
    }

    fn model(&mut self, make: Option<&str>, model: Option<&str>) -> Result<(), Problem> {
        let make = make.map(plain).transpose()?;
        if let Some(make) = &make {
            let n = self.add(|q| q.text(make.clone()));
            self.conditions.push(format!("f.acft_make = ntsb_standard_code('acft_make', ${n})"));
        }
        let Some(model) = model.map(plain).transpose()? else { return Ok(()) };
        let n = self.add(|q| q.text(model));
        self.conditions.push(match make {
            // The maker is the parameter before.
            Some(_) => format!("f.acft_model = ntsb_standard_model(${}, ${n})", n - 1),
            None => format!("f.acft_model = ntsb_standard_code('acft_model', ${n})"),
        });
        Ok(())
    }

    fn bbox(&mut self, text: &str) -> Result<(), Problem> {
        let sides: Vec<f64> = text.split(',').filter_map(|s| s.trim().parse().ok()).collect();
        let bad = || {
            Problem::bad_input("bbox is no box")
                .details(text.to_owned())
                .hint("bbox=west,south,east,north in degrees, such as -125,24,-66,50.")
        };
        let &[west, south, east, north] = sides.as_slice() else { return Err(bad()) };
        let within = |v: f64, most: f64| (-most..=most).contains(&v);
        let are_degrees = within(west, 180.0) && within(east, 180.0) && within(south, 90.0);
        if !are_degrees || !within(north, 90.0) || south > north {
            return Err(bad());
        }
        let n = self.add(|q| q.float(west).float(south).float(east).float(north));
        let between = if west <= east { "AND" } else { "OR" };
        self.conditions.push(format!(
            "(f.lon >= ${n} {between} f.lon <= ${}) AND f.lat BETWEEN ${} AND ${}",
            n + 2,
            n + 1,
            n + 3
        ));
        Ok(())
    }

    /// A page begins after the last row of the one before, whatever was loaded meanwhile.
    fn after(&mut self, page: &str) -> Result<(), Problem> {
        let bad = || {
            Problem::bad_input("page is not one that an answer gave")
                .hint("Take next_page of the answer before, with the same sort.")
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(page).map_err(|_| bad())?;
        let (kind, value, ev_id): (String, String, String) =
            serde_json::from_slice(&bytes).map_err(|_| bad())?;
        if kind != self.kind() || !is_of(self.order.2, &value) || plain(&ev_id).is_err() {
            return Err(bad());
        }
        let n = self.add(|q| q.text(value).text(ev_id));
        let (_, expression, of) = self.order;
        let than = if self.descends { "<" } else { ">" };
        self.conditions.push(format!("({expression}, f.ev_id) {than} (${n}::{of}, ${})", n + 1));
        Ok(())
    }

    fn kind(&self) -> String {
        format!("{}{}", if self.descends { "-" } else { "" }, self.order.0)
    }

    pub fn question(self, form: Form) -> Result<Question, Problem> {
        let most = if form == Form::NdJson { MOST_STREAMED } else { MOST };
        if !(1..=most).contains(&self.limit) {
            return Err(Problem::bad_input(format!("limit is {}", self.limit)).hint(format!(
                "limit: 1 to {most}; longer lists come as NDJSON, or page by page."
            )));
        }
        let (direction, limit) = (if self.descends { "DESC" } else { "ASC" }, self.limit);
        let (expression, kind) = (self.order.1, self.kind());
        let conditions = match self.conditions.as_slice() {
            [] => String::new(),
            all => format!("WHERE {}", all.join(" AND ")),
        };
        // The page is found in the narrow table; only its rows are decoded. One more tells whether
        // there is another page.
        let sql = format!(
            "WITH page AS MATERIALIZED (
                 SELECT f.ev_id, {expression} AS sorted, row_number() OVER (ORDER BY {expression} {direction}, f.ev_id {direction}) AS n FROM (
                     SELECT f.* FROM ntsb.fact_accidents f {conditions}
                     ORDER BY {expression} {direction}, f.ev_id {direction} LIMIT {limit} + 1) f)
             SELECT {COLUMNS},
                    CASE WHEN p.n = {limit} AND (SELECT count(*) FROM page) > {limit} THEN
                        translate(encode(convert_to(json_build_array('{kind}', p.sorted::text, p.ev_id)::text,
                            'UTF8'), 'base64'), E'+/=\\n', '-_') END AS next_page
             FROM page p JOIN ntsb.accidents a USING (ev_id)
             WHERE p.n <= {limit} ORDER BY p.n"
        );
        Ok(self.question.saying(sql))
    }
}

/// PostgreSQL's text holds no zero byte.
fn plain(text: &str) -> Result<String, Problem> {
    if text.len() <= 100 && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(Problem::bad_input("a value is longer than 100 characters or holds a zero byte"))
}

fn is_of(of: &str, value: &str) -> bool {
    match of {
        "date" => value.parse::<chrono::NaiveDate>().is_ok(),
        "int" => value.parse::<i32>().is_ok(),
        _ => plain(value).is_ok(),
    }
}
