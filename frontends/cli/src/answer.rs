//! The rows of an answer: a table for people, JSON or CSV for programs.

use console::{Style, truncate_str};
use ntsb_csv::{Cell, Format, Formulas, LineEnd, is_text_type};
use serde_json::{Map, Value};
use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use crate::args::{Output, OutputArgs};
use crate::connect::connect;
use crate::failure::Failure;
use crate::report::columns;
use crate::terminal::{Terminal, one_line, stdout_width, write_stdout};

mod stream;

pub use stream::Stream;

/// Where a page of an answer says how to ask for the next.
const NEXT_PAGE: &str = "next_page";

/// A text is cut to this width in a table, lest one narrative widen all lines.
const WIDTH: usize = 60;

/// A query and the values of its parameters.
pub struct Question {
    pub sql: String,
    pub values: Vec<Box<dyn ToSql + Sync + Send>>,
}

/// Rows as PostgreSQL's JSON, which keeps the order of the columns.
pub struct Answer {
    columns: Vec<Column>,
    rows: Vec<String>,
}

pub struct Column {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Text,
    /// Dates, booleans, lists and JSON.
    Other,
}

impl Question {
    pub fn new(sql: impl Into<String>) -> Question {
        Question { sql: sql.into(), values: Vec::new() }
    }

    /// With the value of the next parameter.
    #[must_use]
    pub fn with(mut self, value: impl ToSql + Sync + Send + 'static) -> Question {
        self.values.push(Box::new(value));
        self
    }

    /// Asks it of the database and prints the answer.
    pub async fn tell(
        &self,
        output: OutputArgs,
        dsn: Option<&str>,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        self.answer(dsn, terminal).await?.show(output, terminal)
    }

    /// Asks it of the database.
    pub async fn answer(&self, dsn: Option<&str>, terminal: &Terminal) -> Result<Answer, Failure> {
        let client = connect(dsn, terminal).await?;
        let _step = terminal.step("asking");
        self.ask(&client).await
    }

    pub async fn ask(&self, client: &Client) -> Result<Answer, Failure> {
        let columns = columns_of(client, &self.sql).await?;
        let sql = as_json(&self.sql);
        let values: Vec<&(dyn ToSql + Sync)> =
            self.values.iter().map(|v| v.as_ref() as &(dyn ToSql + Sync)).collect();
        let rows = client.query(&sql, &values).await?;
        let rows = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        Ok(Answer { columns, rows })
    }
}

/// What a query answers, without asking it.
pub async fn columns_of(client: &Client, sql: &str) -> Result<Vec<Column>, Failure> {
    Ok(client.prepare(sql).await?.columns().iter().map(Column::of).collect())
}

/// A query of the rows of another as JSON.
pub fn as_json(sql: &str) -> String {
    format!("SELECT row_to_json(answer)::text FROM ({sql}) AS answer")
}

impl Column {
    pub fn new(name: &str, kind: Kind) -> Column {
        Column { name: name.to_owned(), kind }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn of(column: &tokio_postgres::Column) -> Column {
        let numbers =
            [Type::INT2, Type::INT4, Type::INT8, Type::FLOAT4, Type::FLOAT8, Type::NUMERIC];
        let kind = match column.type_() {
            number if numbers.contains(number) => Kind::Number,
            other if is_text_type(other.name()) => Kind::Text,
            _ => Kind::Other,
        };
        Column::new(column.name(), kind)
    }
}

impl Answer {
    /// Rows that did not come from a query, as JSON.
    pub fn of_text(columns: &[&str], rows: Vec<String>) -> Answer {
        Answer::of(columns.iter().map(|name| Column::new(name, Kind::Text)).collect(), rows)
    }

    pub fn of(columns: Vec<Column>, rows: Vec<String>) -> Answer {
        Answer { columns, rows }
    }

    /// With these of its columns alone, as far as a table and CSV go.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Answer {
        self.columns.retain(|column| names.contains(&column.name.as_str()));
        self
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Prints it; a table is followed by how to get the next page, where there is one.
    pub fn show(&self, output: OutputArgs, terminal: &Terminal) -> Result<(), Failure> {
        match output.output {
            Output::Json => terminal.result(&self.json()),
            Output::Csv => terminal.result(&self.csv(output.csv_format())?),
            Output::Table => self.show_table(terminal),
        }
    }

    pub fn show_table(&self, terminal: &Terminal) -> Result<(), Failure> {
        let objects = self.objects()?;
        let table = self.table(&objects, stdout_width());
        let Some(page) = next_page(&objects) else { return terminal.result(&table) };
        // Who has closed stdout does not want the next page.
        write_stdout(table.as_bytes())?;
        terminal.line(&format!("There is more: add --page '{page}'"));
        Ok(())
    }

    pub fn objects(&self) -> Result<Vec<Map<String, Value>>, Failure> {
        self.rows.iter().map(|row| object(row)).collect()
    }

    /// One object a row, one row a line.
    fn json(&self) -> String {
        if self.rows.is_empty() {
            return "[]\n".to_owned();
        }
        format!("[\n{}\n]\n", self.rows.join(",\n"))
    }

    fn csv(&self, format: Format) -> Result<String, Failure> {
        let mut text = self.csv_header(format);
        for object in self.objects()? {
            text += &self.csv_row(format, &object);
        }
        Ok(text)
    }

    fn csv_header(&self, format: Format) -> String {
        let mut line = Vec::new();
        format.write_header(self.columns.iter().map(Column::name), &mut line);
        String::from_utf8_lossy(&line).into_owned()
    }

    fn csv_row(&self, format: Format, object: &Map<String, Value>) -> String {
        let value = |column: &Column| match object.get(&column.name) {
            None | Some(Value::Null) => None,
            some => Some(plain(some)),
        };
        let values: Vec<_> = self.columns.iter().map(value).collect();
        let cells = values.iter().zip(&self.columns);
        let cells = cells.map(|(v, column)| Cell::of(v.as_deref(), column.kind == Kind::Text));
        let mut line = Vec::new();
        format.write_line(cells, &mut line);
        String::from_utf8_lossy(&line).into_owned()
    }

    fn table(&self, objects: &[Map<String, Value>], width: Option<usize>) -> String {
        if objects.is_empty() {
            return "Nothing found.\n".to_owned();
        }
        let shown = || self.columns.iter().filter(|column| column.name != NEXT_PAGE);
        let mut lines = vec![shown().map(|column| column.name.clone()).collect::<Vec<_>>()];
        for object in objects {
            lines.push(shown().map(|column| cell(object.get(&column.name))).collect());
        }
        let right: Vec<bool> = shown().map(|column| column.kind == Kind::Number).collect();
        let head = Style::new().bold();
        let mut text = String::new();
        for (at, line) in columns(&lines, &right).lines().enumerate() {
            let line = width.map_or(line.into(), |w| truncate_str(line, w, "…"));
            text += &if at == 0 { head.apply_to(line).to_string() } else { line.into_owned() };
            text.push('\n');
        }
        text
    }
}

fn object(row: &str) -> Result<Map<String, Value>, Failure> {
    let unreadable = |e| Failure::Other(format!("the database's answer is not readable: {e}"));
    serde_json::from_str(row).map_err(unreadable)
}

impl OutputArgs {
    /// How CSV is written on stdout.
    pub fn csv_format(self) -> Format {
        Format { formulas: Formulas::of(self.exact_text), line_end: LineEnd::Lf }
    }
}

fn next_page(objects: &[Map<String, Value>]) -> Option<&str> {
    objects.last()?.get(NEXT_PAGE)?.as_str()
}

/// A value as it is; null as nothing.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A value for people: numbers with as many digits as mean something, lists without their quotes.
pub fn cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::Number(number)) => rounded(&number.to_string()),
        Some(Value::Array(all)) => {
            cut(&all.iter().map(|v| plain(Some(v))).collect::<Vec<_>>().join("; "))
        }
        other => cut(&plain(other)),
    }
}

fn cut(text: &str) -> String {
    truncate_str(&one_line(text), WIDTH, "…").into_owned()
}

fn rounded(number: &str) -> String {
    let fraction = number.split_once('.').map_or("", |(_, fraction)| fraction);
    if fraction.len() <= 3 && !number.contains(['e', 'E']) {
        return number.to_owned();
    }
    match number.parse::<f64>() {
        Ok(value) if value != 0.0 && value.abs() < 0.01 => format!("{value:.2e}"),
        Ok(value) => format!("{value:.3}"),
        Err(_) => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn answer(rows: &[&str]) -> Answer {
        Answer {
            columns: vec![
                Column::new("place", Kind::Text),
                Column::new("km", Kind::Number),
                Column::new("words", Kind::Other),
                Column::new("next_page", Kind::Text),
            ],
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
        }
    }

    const ROW: &str =
        r#"{"place":"Elko, \"NV\"","km":12.34567,"words":["ice","fog"],"next_page":"x1"}"#;

    #[test]
    fn a_table_has_rounded_numbers_on_the_right_and_no_cursor() {
        let answer = answer(&[ROW, r#"{"place":null,"km":3,"words":null,"next_page":null}"#]);
        let text = answer.table(&answer.objects().unwrap(), None);
        let expected =
            "place           km  words\nElko, \"NV\"  12.346  ice; fog\n                 3\n";
        assert_eq!(console::strip_ansi_codes(&text), expected);
    }

    #[test]
    fn a_table_obeys_no_narrative_and_fits_the_screen() {
        let row = r#"{"place":"\u001b[2J\nx","km":1,"words":null,"next_page":null}"#;
        let answer = answer(&[row]);
        let text = answer.table(&answer.objects().unwrap(), Some(10));
        let text = console::strip_ansi_codes(&text).into_owned();
        assert!(!text.contains('\u{1B}') && text.lines().count() == 2, "{text}");
        assert!(text.lines().all(|line| console::measure_text_width(line) <= 10), "{text}");
    }

    #[test]
    fn programs_get_every_digit_and_the_cursor() {
        let answer = answer(&[ROW]);
        let csv = answer.csv(format(false)).unwrap();
        assert_eq!(
            csv,
            "place,km,words,next_page\n\"Elko, \"\"NV\"\"\",12.34567,\"[\"\"ice\"\",\"\"fog\"\"]\",x1\n"
        );
        let json: Value = serde_json::from_str(&answer.json()).unwrap();
        assert_eq!(json[0]["km"].to_string(), "12.34567");
        assert_eq!(serde_json::from_str::<Value>("[]").unwrap(), Value::Array(vec![]));
    }

    fn format(exact_text: bool) -> Format {
        OutputArgs { output: Output::Csv, exact_text }.csv_format()
    }

    #[test]
    fn text_is_marked_where_a_spreadsheet_would_run_it() {
        let row = r#"{"place":"=1+1","km":-28.5,"words":["-a"],"next_page":null}"#;
        let answer = answer(&[row]);
        let lines = |exact| answer.csv(format(exact)).unwrap().lines().nth(1).unwrap().to_owned();
        assert_eq!(lines(false), r#""'=1+1",-28.5,"[""-a""]","#);
        assert_eq!(lines(true), r#"=1+1,-28.5,"[""-a""]","#);
    }

    #[test]
    fn csv_of_no_rows_is_its_header() {
        assert_eq!(answer(&[]).csv(format(false)).unwrap(), "place,km,words,next_page\n");
    }

    #[test]
    fn small_numbers_keep_what_they_say() {
        assert_eq!(rounded("0.00001234"), "1.23e-5");
        assert_eq!(rounded("1234567"), "1234567");
        assert_eq!(rounded("-2.50"), "-2.50");
        assert_eq!(rounded("0.98765"), "0.988");
    }
}
