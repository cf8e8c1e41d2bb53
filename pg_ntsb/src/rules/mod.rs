//! The rules that rows must pass, for the ingest and for asking.

use crate::error::Error;
use crate::json_argument::JsonArgument;
use crate::spi::one;
use ntsb_rules::{Context, RULES, RuleSet, Setting, Violation, Vocabulary, cut};
use ntsb_schema::clean::Defect;
use ntsb_schema::clean::row::{CleanRow, RowCleaner};
use ntsb_schema::tables::Table;
use pgrx::JsonB;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use pgrx::spi::SpiClient;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// What ingest and questions hand to the rules, as JSON: the settings of `ntsb.validation_rule`,
/// and the codes that the loaded dictionary knows.
pub const SETTINGS: &str = "
    SELECT coalesce(jsonb_agg(to_jsonb(r) - 'built_in' ORDER BY r.rule_id), '[]')::text
    FROM ntsb.validation_rule r";
pub const VOCABULARY: &str = include_str!("vocabulary.sql");

/// The settings for one batch, without the rules that its entry in the journal waives.
pub fn settings_of_batch(batch: i64) -> String {
    format!(
        "SELECT coalesce(jsonb_agg(to_jsonb(r) - 'built_in' || jsonb_build_object('enabled',
             r.enabled AND NOT r.rule_id = ANY (b.waived_rules)) ORDER BY r.rule_id), '[]')::text
         FROM ntsb.validation_rule r
         JOIN ntsb.batch b ON b.batch_id = {batch}"
    )
}

/// The rules of a table, from the two texts.
pub fn rule_set(
    table: &'static Table,
    settings: Option<&str>,
    vocabulary: Option<&str>,
) -> Result<RuleSet, Error> {
    let settings: Vec<Setting> = serde_json::from_str(settings.unwrap_or("[]"))?;
    let vocabulary = Vocabulary::from_json(vocabulary.unwrap_or("{}"))?;
    Ok(RuleSet::new(table, &settings, &vocabulary)?)
}

/// Defects and violations as `ntsb.row_defects` takes them:
/// `[{"column": …, "defect": …, "raw": …, "action": …, "reason": …}]`. Long values are cut.
pub fn findings(table: &Table, defects: &[Defect], violations: &[Violation]) -> Json {
    let repairs = defects.iter().map(|d| {
        json!({ "column": column(table, Some(d.column)), "defect": d.kind.as_str(),
                "raw": cut(&d.raw), "action": "repair" })
    });
    let violations = violations.iter().map(|v| {
        json!({ "column": column(table, v.column), "defect": v.rule, "raw": v.value,
                "action": v.action.as_str(), "reason": v.reason })
    });
    Json::Array(repairs.chain(violations).collect())
}

/// Brings the rules of the extension into `ntsb.validation_rule`; what an administrator changed
/// there stays.
pub fn synchronise(client: &mut SpiClient) -> Result<(), Error> {
    let rules: Vec<Json> =
        RULES.iter().map(|r| serde_json::to_value(Setting::from(r))).collect::<Result<_, _>>()?;
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

/// SHA-256 over all by which rows are judged: the rules as they are set, the known codes, and the
/// version of this extension. Rows that passed under another digest might not pass now.
#[pg_extern(stable, parallel_safe)]
fn ntsb_rules_digest() -> Result<Vec<u8>, ErrorReport> {
    let digest = Spi::connect(|client| -> Result<_, Error> {
        let mut digest = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
        for question in [SETTINGS, VOCABULARY] {
            digest.update(one::<String>(client, question)?.unwrap_or_default());
        }
        Ok(digest.finalize())
    })?;
    Ok(digest.to_vec())
}

/// Refuses a rule that could not be applied: an unknown table or column, an action that makes no
/// sense, a predicate that is not a condition over one row.
#[pg_extern(immutable, strict, parallel_safe)]
fn ntsb_check_rule(rule: JsonArgument) -> Result<(), ErrorReport> {
    let setting: Setting = serde_json::from_value(rule.0).map_err(Error::from)?;
    let tables: Vec<_> = ntsb_schema::tables::TABLES
        .iter()
        .filter(|t| setting.table == "*" || setting.table == t.name)
        .collect();
    if tables.is_empty() {
        return Err(Error::NoSuchTable(setting.table).into());
    }
    for table in tables {
        RuleSet::new(table, std::slice::from_ref(&setting), &Vocabulary::new())
            .map_err(Error::from)?;
    }
    Ok(())
}

/// What the ingest would say of a row.
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
    let table = Table::find(table_name).ok_or_else(|| Error::NoSuchTable(table_name.into()))?;
    let rules = Spi::connect(|client| {
        if one::<String>(client, "SELECT to_regclass('ntsb.validation_rule')::text")?.is_none() {
            return rule_set(table, None, None);
        }
        let settings = one::<String>(client, SETTINGS)?;
        let vocabulary = one::<String>(client, VOCABULARY)?;
        rule_set(table, settings.as_deref(), vocabulary.as_deref())
    })?;
    let cells = cells(table, &data.0).map_err(ErrorReport::from)?;
    let texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
    let context = Context {
        far_part: data.0.get("far_part").and_then(Json::as_str),
        ev_date: None,
        today: today(),
    };
    let (mut row, mut violations) = (CleanRow::new(), Vec::new());
    RowCleaner::new(table).clean(&texts, &context.cleaning(), &mut row);
    rules.check(&mut row, &context, &mut violations);
    let repairs = row.defects.iter().map(|d| {
        let (defect_kind, what) = (d.kind.as_str().to_owned(), d.kind.description().to_owned());
        let column = column(table, Some(d.column)).to_owned();
        (defect_kind, None, column, cut(&d.raw), "repair".to_owned(), Some(what))
    });
    let violations = violations.into_iter().map(|v| {
        let column = column(table, v.column).to_owned();
        let (rule, action) = (v.rule.into_owned(), v.action.as_str().to_owned());
        (rule, Some(v.gate.number()), column, v.value, action, Some(v.reason))
    });
    Ok(TableIterator::new(violations.chain(repairs).collect::<Vec<_>>()))
}

/// The cells of a row given as JSON, in the order of the table's columns.
fn cells(table: &Table, data: &Json) -> Result<Vec<Option<String>>, Error> {
    let object = data.as_object().ok_or(Error::NotARow)?;
    if let Some(unknown) = object.keys().find(|k| !table.has(k)) {
        return Err(Error::NoSuchColumn { table: table.name, column: unknown.clone() });
    }
    let text = |value: &Json| match value {
        Json::Null => None,
        Json::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    };
    Ok(table.columns.iter().map(|c| object.get(c.name).and_then(text)).collect())
}

fn column(table: &Table, at: Option<usize>) -> &'static str {
    let all = table.columns.iter().chain(table.derived);
    at.and_then(|at| all.clone().nth(at)).map_or("*", |c| c.name)
}

fn today() -> i32 {
    pgrx::datum::Date::from(pgrx::datetime::transaction_timestamp()).to_unix_epoch_days()
}
