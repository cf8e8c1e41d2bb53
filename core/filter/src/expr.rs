//! What a condition may consist of.

/// An expression over the columns of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// By its place among the table's columns, then its derived ones.
    Column(usize),
    Literal(Literal),
    /// AND of any number of conditions.
    All(Vec<Expr>),
    /// OR of any number of conditions.
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// IS [NOT] DISTINCT FROM.
    Distinct(Box<Expr>, Box<Expr>, bool),
    /// IS [NOT] NULL.
    Null(Box<Expr>, bool),
    /// IS [NOT] TRUE, IS [NOT] FALSE: the truth value asked for, and whether it is denied.
    Is(Box<Expr>, bool, bool),
    /// [NOT] IN.
    In(Box<Expr>, Vec<Expr>, bool),
    /// [NOT] BETWEEN.
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        negated: bool,
    },
    /// [NOT] LIKE, [NOT] ILIKE.
    Like {
        value: Box<Expr>,
        pattern: Box<Expr>,
        any_case: bool,
        negated: bool,
    },
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Negative(Box<Expr>),
    /// CASE: what each WHEN is compared with, each WHEN with its result, and the result if none
    /// holds. Without an operand each WHEN is a condition.
    Case {
        operand: Option<Box<Expr>>,
        whens: Vec<(Expr, Expr)>,
        other: Option<Box<Expr>>,
    },
    Extract(Field, Box<Expr>),
    Call(Function, Vec<Expr>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01 00:00:00.
    Timestamp(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// A function that a condition may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Abs,
    Ceil,
    Coalesce,
    Floor,
    Greatest,
    Least,
    Left,
    Length,
    Lower,
    Nullif,
    Right,
    Round,
    Substr,
    Trim,
    Upper,
}

impl Function {
    /// Every function under each of its names.
    const NAMES: &[(&str, Function)] = &[
        ("abs", Function::Abs),
        ("ceil", Function::Ceil),
        ("ceiling", Function::Ceil),
        ("coalesce", Function::Coalesce),
        ("floor", Function::Floor),
        ("greatest", Function::Greatest),
        ("least", Function::Least),
        ("left", Function::Left),
        ("length", Function::Length),
        ("lower", Function::Lower),
        ("nullif", Function::Nullif),
        ("right", Function::Right),
        ("round", Function::Round),
        ("substr", Function::Substr),
        ("substring", Function::Substr),
        ("trim", Function::Trim),
        ("upper", Function::Upper),
    ];

    pub fn find(name: &str) -> Option<Function> {
        Function::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
    }

    /// PostgreSQL's name of the function.
    pub fn name(self) -> &'static str {
        Function::NAMES.iter().find(|(_, f)| *f == self).map_or("", |(n, _)| n)
    }

    /// All names, for a message.
    pub fn names() -> String {
        let names: Vec<_> = Function::NAMES.iter().map(|(n, _)| *n).collect();
        format!("{} and extract", names.join(", "))
    }

    /// Least and greatest number of arguments.
    pub fn arity(self) -> (usize, usize) {
        match self {
            Function::Coalesce | Function::Greatest | Function::Least => (1, 100),
            Function::Left | Function::Right | Function::Nullif => (2, 2),
            Function::Substr => (2, 3),
            _ => (1, 1),
        }
    }
}

impl Expr {
    /// Adds the columns that are read, each once.
    pub fn columns(&self, found: &mut Vec<usize>) {
        if let Expr::Column(at) = self
            && !found.contains(at)
        {
            found.push(*at);
        }
        self.parts(&mut |part| part.columns(found));
    }

    /// How many expressions this one consists of, itself included.
    pub fn size(&self) -> usize {
        let mut size = 1;
        self.parts(&mut |part| size += part.size());
        size
    }

    /// Calls `see` for each expression directly inside this one.
    pub fn parts<'e>(&'e self, see: &mut dyn FnMut(&'e Expr)) {
        match self {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Call(_, list) => list.iter().for_each(see),
            Expr::Not(a)
            | Expr::Null(a, _)
            | Expr::Is(a, ..)
            | Expr::Negative(a)
            | Expr::Extract(_, a) => see(a),
            Expr::Compare(_, a, b) | Expr::Distinct(a, b, _) | Expr::Arithmetic(_, a, b) => {
                see(a);
                see(b);
            }
            Expr::Like { value, pattern, .. } => {
                see(value);
                see(pattern);
            }
            Expr::In(value, list, _) => {
                see(value);
                list.iter().for_each(see);
            }
            Expr::Between { value, low, high, .. } => {
                see(value);
                see(low);
                see(high);
            }
            Expr::Case { operand, whens, other } => {
                operand.iter().for_each(|operand| see(operand));
                for (condition, result) in whens {
                    see(condition);
                    see(result);
                }
                if let Some(other) = other {
                    see(other);
                }
            }
        }
    }

    /// Calls `change` for each expression directly inside this one.
    pub fn parts_mut(&mut self, change: &mut dyn FnMut(&mut Expr)) {
        match self {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::All(list) | Expr::Any(list) | Expr::Call(_, list) => {
                list.iter_mut().for_each(change);
            }
            Expr::Not(a)
            | Expr::Null(a, _)
            | Expr::Is(a, ..)
            | Expr::Negative(a)
            | Expr::Extract(_, a) => change(a),
            Expr::Compare(_, a, b) | Expr::Distinct(a, b, _) | Expr::Arithmetic(_, a, b) => {
                change(a);
                change(b);
            }
            Expr::Like { value, pattern, .. } => {
                change(value);
                change(pattern);
            }
            Expr::In(value, list, _) => {
                change(value);
                list.iter_mut().for_each(change);
            }
            Expr::Between { value, low, high, .. } => {
                change(value);
                change(low);
                change(high);
            }
            Expr::Case { operand, whens, other } => {
                operand.iter_mut().for_each(|operand| change(operand));
                for (condition, result) in whens {
                    change(condition);
                    change(result);
                }
                if let Some(other) = other {
                    change(other);
                }
            }
        }
    }
}
