//! A statement with its parameters.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use deadpool_postgres::Object;
use tokio_postgres::RowStream;
use tokio_postgres::types::{ToSql, Type};

use crate::json_text::JsonText;

type Parameter = (Box<dyn ToSql + Sync + Send>, Type);

/// What a connection is used for. This decides which server and which pool it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A read on a replica that has replayed the last known change, or else on the primary.
    Read,
    /// A read that must see every committed change.
    ReadPrimary,
    Write,
    /// A streamed response, which may take minutes.
    Export,
    /// A query of the service itself.
    Service,
}

/// A statement with its parameters. Only a static statement is prepared and cached.
pub struct Query {
    pub sql: Cow<'static, str>,
    parameters: Vec<Parameter>,
    pub purpose: Purpose,
}

impl Query {
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Query {
        Query { sql: sql.into(), parameters: Vec::new(), purpose: Purpose::Read }
    }

    /// Keeps the parameters and replaces the statement.
    pub fn with_sql(self, sql: String) -> Query {
        Query { sql: sql.into(), ..self }
    }

    pub fn with_purpose(self, purpose: Purpose) -> Query {
        Query { purpose, ..self }
    }

    /// Runs the statement in a transaction that may write.
    pub fn for_write(self) -> Query {
        self.with_purpose(Purpose::Write)
    }

    fn bind(mut self, value: impl ToSql + Sync + Send + 'static, sql_type: Type) -> Query {
        self.parameters.push((Box::new(value), sql_type));
        self
    }

    pub fn text(self, value: impl Into<Option<String>>) -> Query {
        self.bind(value.into(), Type::TEXT)
    }

    /// Binds each value as a parameter of its own.
    pub fn text_each(self, values: Vec<Option<String>>) -> Query {
        values.into_iter().fold(self, Query::text)
    }

    pub fn text_array(self, value: impl Into<Option<Vec<String>>>) -> Query {
        self.bind(value.into(), Type::TEXT_ARRAY)
    }

    pub fn int(self, value: impl Into<Option<i32>>) -> Query {
        self.bind(value.into(), Type::INT4)
    }

    pub fn bigint(self, value: impl Into<Option<i64>>) -> Query {
        self.bind(value.into(), Type::INT8)
    }

    pub fn bigint_array(self, value: Vec<i64>) -> Query {
        self.bind(value, Type::INT8_ARRAY)
    }

    pub fn timestamp(self, value: impl Into<Option<DateTime<Utc>>>) -> Query {
        self.bind(value.into(), Type::TIMESTAMPTZ)
    }

    pub fn float(self, value: impl Into<Option<f64>>) -> Query {
        self.bind(value.into(), Type::FLOAT8)
    }

    pub fn boolean(self, value: impl Into<Option<bool>>) -> Query {
        self.bind(value.into(), Type::BOOL)
    }

    pub fn json(self, text: String) -> Query {
        self.bind(JsonText(text), Type::JSONB)
    }

    /// The number that the next parameter will have.
    pub fn next_parameter(&self) -> usize {
        self.parameters.len() + 1
    }

    pub fn types(&self) -> Vec<Type> {
        self.parameters.iter().map(|(_, sql_type)| sql_type.clone()).collect()
    }

    pub async fn stream(
        &self,
        client: &Object,
        prepare: bool,
    ) -> Result<RowStream, tokio_postgres::Error> {
        let values = self.parameters.iter().map(|(v, t)| (&**v as &(dyn ToSql + Sync), t));
        match &self.sql {
            Cow::Borrowed(sql) if prepare => {
                let statement = client.prepare_typed_cached(sql, &self.types()).await?;
                client.query_raw(&statement, values.map(|(v, _)| v)).await
            }
            sql => client.query_typed_raw(sql, values.map(|(v, t)| (v, t.clone()))).await,
        }
    }
}
