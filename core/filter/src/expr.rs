//! The allow-listed expressions of a condition.

/// An expression over the columns of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A column, by its position among the table's columns, then its derived ones.
    Column(usize),
    /// A constant.
    Literal(Literal),
    /// AND of any number of conditions.
    And(Vec<Expr>),
    /// OR of any number of conditions.
    Or(Vec<Expr>),
    /// NOT.
    Not(Box<Expr>),
    /// A comparison of two values.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// IS DISTINCT FROM, or IS NOT DISTINCT FROM if the flag is true.
    Distinct(Box<Expr>, Box<Expr>, bool),
    /// IS NULL, or IS NOT NULL if the flag is true.
    IsNull(Box<Expr>, bool),
    /// IS TRUE or IS FALSE by the first flag, negated by the second.
    IsBool(Box<Expr>, bool, bool),
    /// IN, or NOT IN if the flag is true.
    In(Box<Expr>, Vec<Expr>, bool),
    /// BETWEEN.
    Between {
        /// The compared value.
        value: Box<Expr>,
        /// The lower bound.
        low: Box<Expr>,
        /// The upper bound.
        high: Box<Expr>,
        /// NOT BETWEEN.
        negated: bool,
    },
    /// LIKE.
    Like {
        /// The matched text.
        value: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// ILIKE.
        case_insensitive: bool,
        /// NOT LIKE or NOT ILIKE.
        negated: bool,
    },
    /// An arithmetic operation on two values.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// A number with its sign changed.
    Negate(Box<Expr>),
    /// CASE.
    Case {
        /// The value that each WHEN is compared with. Without it, each WHEN is a condition.
        operand: Option<Box<Expr>>,
        /// Each WHEN with its THEN.
        whens: Vec<(Expr, Expr)>,
        /// ELSE.
        else_result: Option<Box<Expr>>,
    },
    /// extract(field FROM value).
    Extract(Field, Box<Expr>),
    /// A function call.
    Call(Function, Vec<Expr>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a decimal point or exponent.
    Double(f64),
    /// A string.
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01 00:00:00.
    Timestamp(i64),
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// An arithmetic operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// A field that extract takes from a date or timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The year.
    Year,
    /// The month, from 1.
    Month,
    /// The day of the month, from 1.
    Day,
    /// The hour, 0 to 23.
    Hour,
    /// The minute.
    Minute,
    /// The second.
    Second,
}

/// A function that a condition may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `abs(number)`
    Abs,
    /// `ceil(number)` or `ceiling(number)`
    Ceil,
    /// `coalesce(value, …)`
    Coalesce,
    /// `floor(number)`
    Floor,
    /// `greatest(value, …)`
    Greatest,
    /// `least(value, …)`
    Least,
    /// `left(text, count)`
    Left,
    /// `length(text)`
    Length,
    /// `lower(text)`
    Lower,
    /// `nullif(value, value)`
    Nullif,
    /// `right(text, count)`
    Right,
    /// `round(number)`
    Round,
    /// `substr(text, from)` or `substr(text, from, count)`
    Substr,
    /// `trim(text)`
    Trim,
    /// `upper(text)`
    Upper,
}

impl Function {
    /// Every function with each of its names.
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

    /// Finds a function by its name in lower case.
    pub fn find(name: &str) -> Option<Function> {
        Function::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
    }

    /// PostgreSQL's name of the function.
    pub fn name(self) -> &'static str {
        Function::NAMES.iter().find(|(_, f)| *f == self).map_or("", |(n, _)| n)
    }

    /// All names and `extract`, as a list for error messages.
    pub fn list_names() -> String {
        let names: Vec<_> = Function::NAMES.iter().map(|(n, _)| *n).collect();
        format!("{} and extract", names.join(", "))
    }

    /// Minimum and maximum number of arguments.
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
    /// Adds the columns that the expression uses to `found`, each once.
    pub fn collect_columns(&self, found: &mut Vec<usize>) {
        if let Expr::Column(at) = self
            && !found.contains(at)
        {
            found.push(*at);
        }
        self.for_each_child(&mut |child| child.collect_columns(found));
    }

    /// The number of expressions in this one, including itself.
    pub fn count_nodes(&self) -> usize {
        let mut count = 1;
        self.for_each_child(&mut |child| count += child.count_nodes());
        count
    }

    /// Calls `visit` for each direct child.
    pub fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::And(list) | Expr::Or(list) | Expr::Call(_, list) => list.iter().for_each(visit),
            Expr::Not(a)
            | Expr::IsNull(a, _)
            | Expr::IsBool(a, ..)
            | Expr::Negate(a)
            | Expr::Extract(_, a) => visit(a),
            Expr::Compare(_, a, b) | Expr::Distinct(a, b, _) | Expr::Arithmetic(_, a, b) => {
                visit(a);
                visit(b);
            }
            Expr::Like { value, pattern, .. } => {
                visit(value);
                visit(pattern);
            }
            Expr::In(value, list, _) => {
                visit(value);
                list.iter().for_each(visit);
            }
            Expr::Between { value, low, high, .. } => {
                visit(value);
                visit(low);
                visit(high);
            }
            Expr::Case { operand, whens, else_result } => {
                operand.iter().for_each(|operand| visit(operand));
                for (condition, result) in whens {
                    visit(condition);
                    visit(result);
                }
                else_result.iter().for_each(|result| visit(result));
            }
        }
    }

    /// Calls `change` for each direct child.
    pub fn for_each_child_mut(&mut self, change: &mut dyn FnMut(&mut Expr)) {
        match self {
            Expr::Column(_) | Expr::Literal(_) => {}
            Expr::And(list) | Expr::Or(list) | Expr::Call(_, list) => {
                list.iter_mut().for_each(change);
            }
            Expr::Not(a)
            | Expr::IsNull(a, _)
            | Expr::IsBool(a, ..)
            | Expr::Negate(a)
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
            Expr::Case { operand, whens, else_result } => {
                operand.iter_mut().for_each(|operand| change(operand));
                for (condition, result) in whens {
                    change(condition);
                    change(result);
                }
                else_result.iter_mut().for_each(|result| change(result));
            }
        }
    }
}
