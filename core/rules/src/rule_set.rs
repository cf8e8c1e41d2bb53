//! The rules of one table, bound to its columns.

use super::cells::{Cells, number};
use super::checks::Check;
use super::rule::{Action, Gate, Rule, Scope};
use super::setting::Setting;
use super::violation::{Violation, cut, shown};
use super::vocabulary::{Codes, Vocabulary};
use super::{Context, RULES};
use ntsb_filter::{FilterError, Predicate};
use ntsb_schema::clean::row::CleanRow;
use ntsb_schema::clean::{DefectKind, Value};
use ntsb_schema::tables::Table;
use report::Asked;
use std::borrow::Cow;
use std::collections::HashMap;

/// Why rules cannot be applied to a table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RuleError {
    #[error("there is no rule \"{0}\" in the catalogue, and it has no predicate of its own")]
    NoSuchRule(String),
    #[error("rule \"{rule}\": {table} has no column \"{column}\"")]
    NoSuchColumn { rule: String, table: &'static str, column: String },
    #[error("rule \"{rule}\" cannot {}, only {allowed}", action.as_str())]
    Impossible { rule: String, action: Action, allowed: String },
    #[error("rule \"{rule}\": {source}")]
    Predicate { rule: String, source: FilterError },
}

/// The rules of one table, bound to the positions of its columns.
#[derive(Debug)]
pub struct RuleSet {
    table: &'static Table,
    /// For each defect that cleaning may report, the rules that claim it.
    claims: Vec<Bound>,
    /// By gate.
    checks: Vec<Bound>,
}

/// A rule with what it needs to know of its table.
#[derive(Debug)]
struct Bound {
    id: Cow<'static, str>,
    gate: Gate,
    action: Action,
    limit: Option<f64>,
    /// What is wrong with a row that fails.
    says: Cow<'static, str>,
    /// The column that is wrong, if it is always the same.
    column: Option<usize>,
    test: Test,
}

/// A [`Check`] with positions for names.
#[derive(Debug)]
enum Test {
    Dropped(&'static [DefectKind]),
    /// Any of these is null.
    Missing(Vec<usize>),
    /// Position and greatest length.
    TooLong(Vec<(usize, usize)>),
    /// Position and width; the threshold says how many bytes a character may have.
    FarTooLong(Vec<(usize, usize)>),
    MonthForm(Vec<usize>),
    Below(Vec<usize>),
    Above(Vec<usize>),
    NoneOf(usize, &'static [&'static str]),
    Unlisted(Vec<(usize, Codes)>),
    Part {
        at: usize,
        from: usize,
        to: usize,
        codes: Codes,
    },
    Answer {
        question: usize,
        answer: usize,
        codes: HashMap<String, Codes>,
    },
    Sparse(Vec<usize>),
    Fails(Vec<usize>, fn(&Cells) -> bool),
    Predicate(Predicate),
}

impl RuleSet {
    /// Binds the catalogue's rules, as the settings change them, and the rules that were added.
    /// A rule of the catalogue that no setting names applies as it is.
    pub fn new(
        table: &'static Table,
        settings: &[Setting],
        vocabulary: &Vocabulary,
    ) -> Result<RuleSet, RuleError> {
        let binding = binding::Binding { table, vocabulary };
        let mut all = binding.catalogue(settings)?;
        all.extend(binding.added(settings)?);
        all.sort_by_key(|b| b.gate);
        let (claims, checks) = all.into_iter().partition(|b| matches!(b.test, Test::Dropped(_)));
        Ok(RuleSet { table, claims, checks })
    }

    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Adds what is wrong with a cleaned row to `out`, and drops from it what rules say to drop.
    ///
    /// Every rule is asked, also after a rejection, so that a person sees all that is wrong.
    pub fn check<'a>(
        &self,
        row: &mut CleanRow<'a>,
        context: &Context<'a>,
        out: &mut Vec<Violation>,
    ) {
        let before = out.len();
        if !row.defects.is_empty() && !self.claims.is_empty() {
            self.claim(row, out);
        }
        let mut asked = Asked { table: self.table, row, context, out, before };
        for rule in &self.checks {
            rule.check(&mut asked);
        }
    }

    /// Makes violations of those defects that a rule claims.
    fn claim(&self, row: &mut CleanRow, out: &mut Vec<Violation>) {
        row.defects.retain(|defect| {
            let claims = |b: &&Bound| {
                b.column.is_none_or(|at| at == defect.column)
                    && matches!(b.test, Test::Dropped(defect_kinds) if defect_kinds.contains(&defect.kind))
            };
            // A rule for one column comes before those for any.
            let mine = self.claims.iter().filter(claims).max_by_key(|b| b.column.is_some());
            match mine {
                Some(rule) => {
                    out.push(rule.dropped(self.table, defect.column, &defect.raw));
                    false
                }
                None => true,
            }
        });
    }
}

mod binding;
mod report;
