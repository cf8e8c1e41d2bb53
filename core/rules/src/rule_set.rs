//! The rules of one table, bound to its columns.

use super::cells::{Cells, number};
use super::checks::Check;
use super::rule::{Action, Gate, Rule, Scope};
use super::setting::RuleSetting;
use super::violation::{Violation, format_value, truncate_value};
use super::vocabulary::{Codes, Vocabulary};
use super::{Context, RULES};
use ntsb_filter::{FilterError, Predicate};
use ntsb_schema::clean::row::CleanRow;
use ntsb_schema::clean::{DefectKind, Value};
use ntsb_schema::tables::Table;
use report::RowCheck;
use std::borrow::Cow;
use std::collections::HashMap;

/// Why the settings of a rule are invalid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    /// The rule is not in the catalogue and has no predicate, or has one for every table.
    #[error("rule \"{0}\" is not in the catalogue; an added rule needs a predicate and one table")]
    NoSuchRule(String),
    /// The table has no such column.
    #[error("rule \"{rule}\": {table} has no column \"{column}\"")]
    NoSuchColumn {
        /// Identifier of the rule.
        rule: String,
        /// Name of the table.
        table: &'static str,
        /// The unknown column.
        column: String,
    },
    /// The rule does not allow the action.
    #[error("action of rule \"{rule}\" must be {allowed}, got {}", action.as_str())]
    ActionNotAllowed {
        /// Identifier of the rule.
        rule: String,
        /// The action of the setting.
        action: Action,
        /// The allowed actions, joined by "or".
        allowed: String,
    },
    /// The predicate is not a valid condition over the columns of the table.
    #[error("rule \"{rule}\": {source}")]
    Predicate {
        /// Identifier of the rule.
        rule: String,
        /// What is wrong with the predicate.
        source: FilterError,
    },
}

/// The rules of one table, bound to the positions of its columns.
#[derive(Debug)]
pub struct RuleSet {
    table: &'static Table,
    /// Rules that report values dropped by cleaning ([`Check::Dropped`]).
    drop_rules: Vec<BoundRule>,
    /// All other rules, ordered by gate.
    rules: Vec<BoundRule>,
}

/// A rule bound to the columns of a table.
#[derive(Debug)]
struct BoundRule {
    id: Cow<'static, str>,
    gate: Gate,
    action: Action,
    threshold: Option<f64>,
    description: Cow<'static, str>,
    /// The column that is wrong, if it is always the same.
    column: Option<usize>,
    check: BoundCheck,
}

/// A [`Check`] with column positions instead of names.
#[derive(Debug)]
enum BoundCheck {
    Dropped(&'static [DefectKind]),
    KeyMissing(Vec<usize>),
    /// Position and maximum length.
    TooLong(Vec<(usize, usize)>),
    /// Position and width. The threshold is the maximum number of bytes per character.
    FarTooLong(Vec<(usize, usize)>),
    SpreadsheetDate(Vec<usize>),
    Below(Vec<usize>),
    Above(Vec<usize>),
    NoneOf(usize, &'static [&'static str]),
    UnlistedCode(Vec<(usize, Codes)>),
    UnlistedPart {
        at: usize,
        from: usize,
        to: usize,
        codes: Codes,
    },
    UnlistedAnswer {
        question: usize,
        answer: usize,
        codes: HashMap<String, Codes>,
    },
    Sparse(Vec<usize>),
    FailsIf(Vec<usize>, fn(&Cells) -> bool),
    Predicate(Predicate),
}

impl RuleSet {
    /// Binds the rules of the catalogue and the added rules to a table. A catalogue rule without
    /// settings keeps its defaults.
    pub fn new(
        table: &'static Table,
        settings: &[RuleSetting],
        vocabulary: &Vocabulary,
    ) -> Result<RuleSet, RuleError> {
        let binder = binding::Binder { table, vocabulary };
        let mut all = binder.bind_catalogue(settings)?;
        all.extend(binder.bind_added(settings)?);
        all.sort_by_key(|rule| rule.gate);
        let is_drop_rule = |rule: &BoundRule| matches!(rule.check, BoundCheck::Dropped(_));
        let (drop_rules, rules) = all.into_iter().partition(is_drop_rule);
        Ok(RuleSet { table, drop_rules, rules })
    }

    /// The table that the rules are bound to.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Checks a cleaned row, adds its violations to `out` and drops the values of rules with
    /// action `null`.
    ///
    /// Every rule is checked, even after a rejection, so that all problems are reported at once.
    pub fn check<'a>(
        &self,
        row: &mut CleanRow<'a>,
        context: &Context<'a>,
        out: &mut Vec<Violation>,
    ) {
        let first_violation = out.len();
        if !row.defects.is_empty() && !self.drop_rules.is_empty() {
            self.claim_defects(row, out);
        }
        let mut row = RowCheck { table: self.table, row, context, out, first_violation };
        for rule in &self.rules {
            rule.check(&mut row);
        }
    }

    /// Turns the defects that a rule claims into violations.
    fn claim_defects(&self, row: &mut CleanRow, out: &mut Vec<Violation>) {
        row.defects.retain(|defect| {
            let claims = |rule: &&BoundRule| {
                rule.column.is_none_or(|at| at == defect.column)
                    && matches!(rule.check, BoundCheck::Dropped(kinds) if kinds.contains(&defect.kind))
            };
            // A rule for one column takes precedence over a rule for all columns.
            let rule = self.drop_rules.iter().filter(claims).max_by_key(|r| r.column.is_some());
            match rule {
                Some(rule) => {
                    out.push(rule.dropped_value(self.table, defect.column, &defect.raw));
                    false
                }
                None => true,
            }
        });
    }
}

mod binding;
mod report;
