//! From names to positions.

use super::super::rule::EVERY_TABLE;
use super::*;
use ntsb_schema::tables::{Access, Clean, Column};

/// What names are looked up in.
pub(super) struct Binding<'v> {
    pub table: &'static Table,
    pub vocabulary: &'v Vocabulary,
}

impl Binding<'_> {
    /// The catalogue's rules of the table.
    pub fn catalogue(&self, settings: &[Setting]) -> Result<Vec<Bound>, RuleError> {
        let set: HashMap<&str, &Setting> =
            settings.iter().map(|s| (s.rule_id.as_str(), s)).collect();
        let mine = |r: &&Rule| r.scope == Scope::Row && r.concerns(self.table.name);
        let mut bound = Vec::new();
        for rule in RULES.iter().filter(mine) {
            let setting = set.get(rule.id);
            if setting.is_some_and(|s| !s.enabled) {
                continue;
            }
            bound.extend(self.rule(rule, setting.copied())?);
        }
        Ok(bound)
    }

    /// The rules that were added for the table.
    pub fn added(&self, settings: &[Setting]) -> Result<Vec<Bound>, RuleError> {
        let mut bound = Vec::new();
        for setting in settings.iter().filter(|s| s.enabled && Rule::find(&s.rule_id).is_none()) {
            if setting.table == self.table.name {
                bound.push(self.predicate(setting)?);
            } else if setting.predicate.is_none() || setting.table == EVERY_TABLE {
                return Err(RuleError::NoSuchRule(setting.rule_id.clone()));
            }
        }
        Ok(bound)
    }

    /// `None` if the table or the vocabulary lacks what the rule looks at.
    fn rule(&self, rule: &Rule, setting: Option<&Setting>) -> Result<Option<Bound>, RuleError> {
        let action = setting.map_or(rule.action, |s| s.action);
        possible(rule.id, action, rule.actions())?;
        let column = rule.column.and_then(|name| self.position(name));
        let Some(test) = self.test(rule, column) else { return Ok(None) };
        Ok(Some(Bound {
            id: Cow::Borrowed(rule.id),
            gate: rule.gate,
            action,
            limit: setting.and_then(|s| s.threshold).or(rule.threshold),
            says: Cow::Borrowed(rule.description),
            column,
            test,
        }))
    }

    fn test(&self, rule: &Rule, column: Option<usize>) -> Option<Test> {
        let names =
            |columns: &[&str]| columns.iter().map(|c| self.position(c)).collect::<Option<Vec<_>>>();
        Some(match rule.check {
            Check::Set => return None,
            Check::Dropped(defect_kinds) => Test::Dropped(defect_kinds),
            Check::KeyMissing => Test::Missing(non_empty(names(self.table.key)?)?),
            Check::TooLong => Test::TooLong(self.lengths()),
            Check::FarTooLong => Test::FarTooLong(self.lengths()),
            Check::MonthForm => Test::MonthForm(non_empty(self.names())?),
            Check::Below(columns) => Test::Below(own(names(columns)?, column)?),
            Check::Above(columns) => Test::Above(own(names(columns)?, column)?),
            Check::NoneOf(codes) => Test::NoneOf(column?, codes),
            Check::Unlisted { except } => Test::Unlisted(non_empty(self.coded(except))?),
            Check::Part { from, to, listed } => {
                let codes = self.vocabulary.codes(listed.0, listed.1)?.clone();
                Test::Part { at: column?, from, to, codes }
            }
            Check::Answer => Test::Answer {
                question: self.position("col_name")?,
                answer: column?,
                codes: self.answers(),
            },
            Check::Sparse(columns) => Test::Sparse(names(columns)?),
            Check::Fails(columns, fails) => Test::Fails(names(columns)?, fails),
        })
    }

    /// Position and greatest length of each text column.
    fn lengths(&self) -> Vec<(usize, usize)> {
        let of = |(at, c): (usize, &Column)| match c.access {
            Access::Text(length) => Some((at, usize::from(length))),
            _ => None,
        };
        self.table.columns.iter().enumerate().filter_map(of).collect()
    }

    /// The short text columns that hold names and numbers, not codes.
    fn names(&self) -> Vec<usize> {
        let is_name = |c: &Column| {
            matches!(c.access, Access::Text(_))
                && matches!(c.clean, Clean::Name | Clean::Registration)
        };
        let all = self.table.columns.iter().enumerate();
        all.filter(|(_, c)| is_name(c)).map(|(at, _)| at).collect()
    }

    /// The coded columns of which codes are listed.
    fn coded(&self, except: &[&str]) -> Vec<(usize, Codes)> {
        let coded = |c: &Column| {
            let text = matches!(c.access, Access::Text(_)) && c.clean != Clean::EvId;
            text && !except.contains(&c.name)
        };
        let all = self.table.columns.iter().enumerate().filter(|(_, c)| coded(c));
        all.filter_map(|(at, c)| Some((at, self.vocabulary.in_use(self.table.name, c.name)?)))
            .collect()
    }

    /// The answers to each question.
    fn answers(&self) -> HashMap<String, Codes> {
        let mut answers: HashMap<String, Codes> = HashMap::new();
        for (question, codes) in self.vocabulary.columns(self.table.name) {
            let known = answers.entry(report::stem(question).to_owned()).or_default();
            *known = known.with(codes);
        }
        answers
    }

    fn predicate(&self, setting: &Setting) -> Result<Bound, RuleError> {
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
        let all: &[Action] = &[Action::Reject, Action::Flag, Action::Null];
        possible(&rule, setting.action, if column.is_some() { all } else { all.split_at(2).0 })?;
        let says = match setting.description.as_str() {
            "" => format!("({text}) is false"),
            description => description.to_owned(),
        };
        Ok(Bound {
            id: Cow::Owned(rule),
            gate: setting.gate,
            action: setting.action,
            limit: None,
            says: Cow::Owned(says),
            column,
            test: Test::Predicate(predicate),
        })
    }

    /// The place of a column among a row's values.
    fn position(&self, name: &str) -> Option<usize> {
        self.table.columns.iter().chain(self.table.derived).position(|c| c.name == name)
    }
}

/// The rule's own column if it names no others.
fn own(others: Vec<usize>, column: Option<usize>) -> Option<Vec<usize>> {
    non_empty(others).or_else(|| column.map(|at| vec![at]))
}

fn non_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    if list.is_empty() { None } else { Some(list) }
}

fn possible(rule: &str, action: Action, allowed: &[Action]) -> Result<(), RuleError> {
    if allowed.contains(&action) {
        return Ok(());
    }
    let allowed: Vec<_> = allowed.iter().map(|a| a.as_str()).collect();
    Err(RuleError::Impossible { rule: rule.to_owned(), action, allowed: allowed.join(" or ") })
}
