//! Validation rules, for the ingest and for use in users' SQL.

mod error;

use crate::error::InvalidArgument;
use crate::json_argument::JsonArgument;
use crate::schema::unknown_table;
use crate::spi::{select_value, table_exists};
pub use error::RulesError;
use ntsb_rules::{Context, RULES, RuleSet, RuleSetting, Violation, Vocabulary, truncate_value};
use ntsb_schema::clean::Defect;
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::tables::Table;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// Selects the settings of `ntsb.validation_rule` as JSON.
const SETTINGS: &str = "
    SELECT coalesce(jsonb_agg(to_jsonb(r) - 'built_in' ORDER BY r.rule_id), '[]')::text
    FROM ntsb.validation_rule r";

/// Selects the codes of the loaded data dictionary as JSON.
pub const VOCABULARY: &str = include_str!("vocabulary.sql");

/// Selects the settings for one batch as JSON, with the rules disabled that ntsb.batch waives.
pub fn select_batch_settings(batch: i64) -> String {
    format!(
        "SELECT coalesce(jsonb_agg(to_jsonb(r) - 'built_in' || jsonb_build_object('enabled',
             r.enabled AND NOT r.rule_id = ANY (b.waived_rules)) ORDER BY r.rule_id), '[]')::text
         FROM ntsb.validation_rule r
         JOIN ntsb.batch b ON b.batch_id = {batch}"
    )
}

/// Builds the rules of a table from settings and codes as JSON.
pub fn parse_rule_set(
    table: &'static Table,
    settings: Option<&str>,
    vocabulary: Option<&str>,
) -> Result<RuleSet, RulesError> {
    let settings: Vec<RuleSetting> = serde_json::from_str(settings.unwrap_or("[]"))?;
    let vocabulary = Vocabulary::from_json(vocabulary.unwrap_or("{}"))?;
    Ok(RuleSet::new(table, &settings, &vocabulary)?)
}

/// Returns defects and violations as JSON for `ntsb.row_defects`:
/// `[{"column": …, "defect": …, "raw": …, "action": …, "reason": …}]`. Long values are truncated.
pub fn defects_to_json(table: &Table, defects: &[Defect], violations: &[Violation]) -> Json {
    let repairs = defects.iter().map(|d| {
        json!({ "column": column_name(table, Some(d.column)), "defect": d.kind.as_str(),
                "raw": truncate_value(&d.raw), "action": "repair" })
    });
    let violations = violations.iter().map(|v| {
        json!({ "column": column_name(table, v.column), "defect": v.rule, "raw": v.value,
                "action": v.action.as_str(), "reason": v.reason })
    });
    Json::Array(repairs.chain(violations).collect())
}

/// Adds the built-in rules to `ntsb.validation_rule`, or updates them. Keeps the action, threshold and
/// state that an administrator set.
pub fn sync_rules(client: &mut SpiClient) -> Result<(), RulesError> {
    let rules: Vec<Json> = RULES
        .iter()
        .map(|r| serde_json::to_value(RuleSetting::from(r)))
        .collect::<Result<_, _>>()?;
    client.update(
        "INSERT INTO ntsb.validation_rule
             (rule_id, gate, table_name, column_name, action, threshold, description, built_in)
         SELECT rule_id, gate, table_name, column_name, action, threshold, description, true
         FROM jsonb_to_recordset($1) AS r(rule_id text, gate smallint, table_name text,
             column_name text, action text, threshold double precision, description text)
         ON CONFLICT (rule_id) DO UPDATE SET gate = excluded.gate, table_name = excluded.table_name,
             column_name = excluded.column_name, description = excluded.description
         WHERE (validation_rule.gate, validation_rule.table_name, validation_rule.column_name,
                validation_rule.description)
             IS DISTINCT FROM (excluded.gate, excluded.table_name, excluded.column_name,
                excluded.description)",
        None,
        &[JsonB(Json::Array(rules)).into()],
    )?;
    Ok(())
}

/// Returns the SHA-256 of everything that validation depends on: the settings of the rules, the codes, and
/// the version of this extension. Rows that passed with another digest might fail now.
#[pg_extern(stable, parallel_safe)]
fn ntsb_rules_digest() -> Result<Vec<u8>, ErrorReport> {
    let digest = Spi::connect(|client| -> Result<_, RulesError> {
        let mut digest = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
        for query in [SETTINGS, VOCABULARY] {
            digest.update(select_value::<String>(client, query)?.unwrap_or_default());
        }
        Ok(digest.finalize())
    })?;
    Ok(digest.to_vec())
}

/// Fails if a rule cannot be applied: an unknown table or column, an action that the rule does not support,
/// or a predicate that is not a condition over one row.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_check_rule(rule: JsonArgument) -> Result<(), ErrorReport> {
    let setting: RuleSetting = serde_json::from_value(rule.0).map_err(RulesError::from)?;
    let tables: Vec<_> = ntsb_schema::tables::TABLES
        .iter()
        .filter(|t| setting.table == "*" || setting.table == t.name)
        .collect();
    if tables.is_empty() {
        return Err(unknown_table("table_name", &setting.table).into());
    }
    for table in tables {
        RuleSet::new(table, std::slice::from_ref(&setting), &Vocabulary::new())
            .map_err(RulesError::from)?;
    }
    Ok(())
}

/// Lists the defects and violations that the ingest would record for a row.
#[pg_extern(stable, strict, parallel_safe)]
fn ntsb_validate_row(
    table_name: &str,
    data: JsonArgument,
) -> Result<
    TableIterator<
        'static,
        (
            name!(rule_id, String),
            name!(gate, Option<i16>),
            name!(column_name, String),
            name!(value, String),
            name!(action, String),
            name!(reason, Option<String>),
        ),
    >,
    ErrorReport,
> {
    let table = Table::find(table_name).ok_or_else(|| unknown_table("table_name", table_name))?;
    let rules = Spi::connect(|client| {
        if !table_exists(client, "ntsb.validation_rule")? {
            return parse_rule_set(table, None, None);
        }
        let settings = select_value::<String>(client, SETTINGS)?;
        let vocabulary = select_value::<String>(client, VOCABULARY)?;
        parse_rule_set(table, settings.as_deref(), vocabulary.as_deref())
    })?;
    let cells = read_cells(table, &data.0)?;
    let texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
    let context = Context {
        far_part: data.0.get("far_part").and_then(Json::as_str),
        ev_date: None,
        today: today(),
    };
    let (mut row, mut violations) = (CleanRow::new(), Vec::new());
    RowCleaner::new(table).clean(&texts, &context.cleaning_context(), &mut row);
    rules.check(&mut row, &context, &mut violations);
    let repairs = row.defects.iter().map(|d| {
        let (kind, reason) = (d.kind.as_str().to_owned(), d.kind.description().to_owned());
        let column = column_name(table, Some(d.column)).to_owned();
        (kind, None, column, truncate_value(&d.raw), "repair".to_owned(), Some(reason))
    });
    let violations = violations.into_iter().map(|v| {
        let column = column_name(table, v.column).to_owned();
        let (rule, action) = (v.rule.into_owned(), v.action.as_str().to_owned());
        (rule, Some(v.gate.number()), column, v.value, action, Some(v.reason))
    });
    Ok(TableIterator::new(violations.chain(repairs).collect::<Vec<_>>()))
}

/// Reads the cells of a row from JSON, in the order of the table's columns.
fn read_cells(table: &Table, data: &Json) -> Result<Vec<Option<String>>, RulesError> {
    let object = data.as_object().ok_or_else(|| {
        let value = format_args!("{data}");
        InvalidArgument::new("data", "a JSON object of column names and values", value)
            .with_hint("Write it as {\"ev_id\": \"…\", …}, with the values as in the file.")
    })?;
    if let Some(unknown) = object.keys().find(|k| !table.has(k)) {
        return Err(RulesError::NoSuchColumn { table: table.name, column: unknown.clone() });
    }
    let text = |value: &Json| match value {
        Json::Null => None,
        Json::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    };
    Ok(table.columns.iter().map(|c| object.get(c.name).and_then(text)).collect())
}

/// Returns `*` for a violation that belongs to no single column.
fn column_name(table: &Table, index: Option<usize>) -> &'static str {
    let mut columns = table.columns.iter().chain(table.derived);
    index.and_then(|index| columns.nth(index)).map_or("*", |c| c.name)
}

fn today() -> i32 {
    pgrx::datum::Date::from(pgrx::datetime::transaction_timestamp()).to_unix_epoch_days()
}
