//! Binds rules to the columns of a table.

use super::super::rule::ALL_TABLES;
use super::*;
use ntsb_schema::tables::{Access, Clean, Column};

/// Looks up the names in rules.
pub(super) struct Binder<'v> {
    pub table: &'static Table,
    pub vocabulary: &'v Vocabulary,
}

impl Binder<'_> {
    /// Binds the catalogue rules that apply to the table.
    pub fn bind_catalogue(&self, settings: &[RuleSetting]) -> Result<Vec<BoundRule>, RuleError> {
        let settings: HashMap<&str, &RuleSetting> =
            settings.iter().map(|s| (s.rule_id.as_str(), s)).collect();
        let applies = |r: &&Rule| r.scope == Scope::Row && r.applies_to(self.table.name);
        let mut bound = Vec::new();
        for rule in RULES.iter().filter(applies) {
            let setting = settings.get(rule.id);
            if setting.is_some_and(|s| !s.enabled) {
                continue;
            }
            bound.extend(self.bind_rule(rule, setting.copied())?);
        }
        Ok(bound)
    }

    /// Binds the rules that an administrator added for the table.
    pub fn bind_added(&self, settings: &[RuleSetting]) -> Result<Vec<BoundRule>, RuleError> {
        let mut bound = Vec::new();
        for setting in settings.iter().filter(|s| s.enabled && Rule::find(&s.rule_id).is_none()) {
            if setting.table == self.table.name {
                bound.push(self.bind_predicate(setting)?);
            } else if setting.predicate.is_none() || setting.table == ALL_TABLES {
                return Err(RuleError::NoSuchRule(setting.rule_id.clone()));
            }
        }
        Ok(bound)
    }

    /// Binds a catalogue rule. Returns `None` if the table or the vocabulary lacks what it checks.
    fn bind_rule(
        &self,
        rule: &Rule,
        setting: Option<&RuleSetting>,
    ) -> Result<Option<BoundRule>, RuleError> {
        let action = setting.map_or(rule.action, |s| s.action);
        require_allowed(rule.id, action, rule.allowed_actions())?;
        let column = rule.column.and_then(|name| self.position(name));
        let Some(check) = self.bind_check(rule, column) else { return Ok(None) };
        Ok(Some(BoundRule {
            id: Cow::Borrowed(rule.id),
            gate: rule.gate,
            action,
            threshold: setting.and_then(|s| s.threshold).or(rule.threshold),
            description: Cow::Borrowed(rule.description),
            column,
            check,
        }))
    }

    fn bind_check(&self, rule: &Rule, column: Option<usize>) -> Option<BoundCheck> {
        let positions =
            |columns: &[&str]| columns.iter().map(|c| self.position(c)).collect::<Option<Vec<_>>>();
        let positions_or_own =
            |columns| non_empty(positions(columns)?).or_else(|| column.map(|at| vec![at]));
        Some(match rule.check {
            Check::Set => return None,
            Check::Dropped(kinds) => BoundCheck::Dropped(kinds),
            Check::KeyMissing => BoundCheck::KeyMissing(non_empty(positions(self.table.key)?)?),
            Check::TooLong => BoundCheck::TooLong(self.text_lengths()),
            Check::FarTooLong => BoundCheck::FarTooLong(self.text_lengths()),
            Check::SpreadsheetDate => BoundCheck::SpreadsheetDate(non_empty(self.name_columns())?),
            Check::Below(columns) => BoundCheck::Below(positions_or_own(columns)?),
            Check::Above(columns) => BoundCheck::Above(positions_or_own(columns)?),
            Check::NoneOf(codes) => BoundCheck::NoneOf(column?, codes),
            Check::UnlistedCode { except } => {
                BoundCheck::UnlistedCode(non_empty(self.code_columns(except))?)
            }
            Check::UnlistedPart { from, to, listed } => {
                let codes = self.vocabulary.codes(listed.0, listed.1)?.clone();
                BoundCheck::UnlistedPart { at: column?, from, to, codes }
            }
            Check::UnlistedAnswer => BoundCheck::UnlistedAnswer {
                question: self.position("col_name")?,
                answer: column?,
                codes: self.answer_codes(),
            },
            Check::Sparse(columns) => BoundCheck::Sparse(positions(columns)?),
            Check::FailsIf(columns, test) => BoundCheck::FailsIf(positions(columns)?, test),
        })
    }

    /// Position and maximum length of each text column.
    fn text_lengths(&self) -> Vec<(usize, usize)> {
        let text_length = |(at, c): (usize, &Column)| match c.access {
            Access::Text(length) => Some((at, usize::from(length))),
            _ => None,
        };
        self.table.columns.iter().enumerate().filter_map(text_length).collect()
    }

    /// The short text columns that contain names and registrations, not codes.
    fn name_columns(&self) -> Vec<usize> {
        let is_name = |c: &Column| {
            matches!(c.access, Access::Text(_))
                && matches!(c.clean, Clean::Name | Clean::Registration)
        };
        let all = self.table.columns.iter().enumerate();
        all.filter(|(_, c)| is_name(c)).map(|(at, _)| at).collect()
    }

    /// The text columns with listed codes, and the codes.
    fn code_columns(&self, except: &[&str]) -> Vec<(usize, Codes)> {
        let may_be_coded = |c: &Column| {
            let is_text = matches!(c.access, Access::Text(_)) && c.clean != Clean::EvId;
            is_text && !except.contains(&c.name)
        };
        let codes = |name| self.vocabulary.accepted_codes(self.table.name, name);
        let all = self.table.columns.iter().enumerate().filter(|(_, c)| may_be_coded(c));
        all.filter_map(|(at, c)| Some((at, codes(c.name)?))).collect()
    }

    /// The listed answers to each question.
    fn answer_codes(&self) -> HashMap<String, Codes> {
        let mut answers: HashMap<String, Codes> = HashMap::new();
        for (question, codes) in self.vocabulary.columns(self.table.name) {
            let known = answers.entry(report::question_stem(question).to_owned()).or_default();
            *known = known.union(codes);
        }
        answers
    }

    fn bind_predicate(&self, setting: &RuleSetting) -> Result<BoundRule, RuleError> {
        let rule = setting.rule_id.clone();
        let Some(text) = &setting.predicate else { return Err(RuleError::NoSuchRule(rule)) };
        let predicate = match Predicate::parse(text, self.table) {
            Ok(predicate) => predicate,
            Err(source) => return Err(RuleError::Predicate { rule, source }),
        };
        let column = match &setting.column {
            Some(name) => Some(self.position(name).ok_or_else(|| RuleError::NoSuchColumn {
                rule: rule.clone(),
                table: self.table.name,
                column: name.clone(),
            })?),
            None => None,
        };
        let allowed: &[Action] = match column {
            Some(_) => &[Action::Reject, Action::Flag, Action::Null],
            None => &[Action::Reject, Action::Flag],
        };
        require_allowed(&rule, setting.action, allowed)?;
        let description = match setting.description.as_str() {
            "" => format!("({text}) is false"),
            description => description.to_owned(),
        };
        Ok(BoundRule {
            id: Cow::Owned(rule),
            gate: setting.gate,
            action: setting.action,
            threshold: None,
            description: Cow::Owned(description),
            column,
            check: BoundCheck::Predicate(predicate),
        })
    }

    /// The position of a column among a row's values.
    fn position(&self, name: &str) -> Option<usize> {
        self.table.columns.iter().chain(self.table.derived).position(|c| c.name == name)
    }
}

fn non_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}

fn require_allowed(rule: &str, action: Action, allowed: &[Action]) -> Result<(), RuleError> {
    if allowed.contains(&action) {
        return Ok(());
    }
    let allowed: Vec<_> = allowed.iter().map(|a| a.as_str()).collect();
    Err(RuleError::ActionNotAllowed {
        rule: rule.to_owned(),
        action,
        allowed: allowed.join(" or "),
    })
}
