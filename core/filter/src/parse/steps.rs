//! Limits the work of the parser.
//!
//! Where SQL is ambiguous, the parser tries several productions in turn, and may repeat this at each
//! nesting level. The dialect counts the steps and aborts the parser after too many.

use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use std::any::TypeId;
use std::cell::Cell;

/// Maximum number of steps: five for each character of the longest condition.
const MAX_STEPS: usize = 10_000;

/// PostgreSQL's dialect, as far as conditions need it, with a step counter.
#[derive(Debug, Default)]
pub struct CountedDialect {
    postgres: PostgreSqlDialect,
    steps: Cell<usize>,
}

impl CountedDialect {
    pub fn is_exhausted(&self) -> bool {
        self.steps.get() > MAX_STEPS
    }

    /// Counts a step. Returns an error if there have been too many. The parser treats
    /// `RecursionLimitExceeded` as final, while after other errors it tries the next production.
    fn count_step(&self) -> Option<ParserError> {
        self.steps.set(self.steps.get() + 1);
        self.is_exhausted().then_some(ParserError::RecursionLimitExceeded)
    }
}

macro_rules! delegate_to_postgres {
    ($($method:ident),* $(,)?) => { $(
        fn $method(&self) -> bool {
            self.postgres.$method()
        }
    )* };
}

impl Dialect for CountedDialect {
    fn dialect(&self) -> TypeId {
        self.postgres.dialect()
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        self.count_step().map(Err).or_else(|| self.postgres.parse_prefix(parser))
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        self.count_step().map(Err).or_else(|| self.postgres.get_next_precedence(parser))
    }

    fn prec_value(&self, precedence: Precedence) -> u8 {
        self.postgres.prec_value(precedence)
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        self.postgres.identifier_quote_style(identifier)
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        self.postgres.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        self.postgres.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        self.postgres.is_identifier_part(ch)
    }

    fn is_custom_operator_part(&self, ch: char) -> bool {
        self.postgres.is_custom_operator_part(ch)
    }

    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        self.postgres.is_reserved_for_identifier(keyword)
    }

    delegate_to_postgres! {
        allow_extract_custom, allow_extract_single_quotes, supports_aliased_function_args,
        supports_array_typedef_with_brackets, supports_bitwise_shift_operators,
        supports_comma_separated_trim, supports_factorial_operator,
        supports_filter_during_aggregation, supports_geometric_types, supports_interval_options,
        supports_named_fn_args_with_colon_operator, supports_named_fn_args_with_expr_name,
        supports_nested_comments, supports_notnull_operator, supports_numeric_literal_underscores,
        supports_string_escape_constant, supports_unicode_string_literal, supports_xml_expressions,
    }
}
