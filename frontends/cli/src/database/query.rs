//! Queries whose rows are fetched as JSON.

use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use super::connect;
use crate::args::OutputArgs;
use crate::failure::Failure;
use crate::output::{Column, ResultSet, Terminal};

/// A query and the values of its parameters.
pub struct Query {
    pub sql: String,
    pub values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Query {
    pub fn new(sql: impl Into<String>) -> Query {
        Query { sql: sql.into(), values: Vec::new() }
    }

    /// Binds the value of the next parameter.
    #[must_use]
    pub fn bind(mut self, value: impl ToSql + Sync + Send + 'static) -> Query {
        self.values.push(Box::new(value));
        self
    }

    /// Connects, runs the query and prints the result.
    pub async fn print(
        &self,
        output: OutputArgs,
        dsn: Option<&str>,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        self.run(dsn, terminal).await?.print(output, terminal)
    }

    /// Connects and runs the query.
    pub async fn run(&self, dsn: Option<&str>, terminal: &Terminal) -> Result<ResultSet, Failure> {
        let client = connect(dsn, terminal).await?;
        let _step = terminal.start_step("running the query");
        self.fetch(&client).await
    }

    /// Runs the query on an open connection.
    pub async fn fetch(&self, client: &Client) -> Result<ResultSet, Failure> {
        let columns = describe_columns(client, &self.sql).await?;
        let sql = wrap_as_json(&self.sql);
        let values: Vec<&(dyn ToSql + Sync)> =
            self.values.iter().map(|v| v.as_ref() as &(dyn ToSql + Sync)).collect();
        let rows = client.query(&sql, &values).await?;
        let rows = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        Ok(ResultSet::new(columns, rows))
    }
}

/// The columns of a query, without running it.
pub async fn describe_columns(client: &Client, sql: &str) -> Result<Vec<Column>, Failure> {
    Ok(client.prepare(sql).await?.columns().iter().map(Column::from_postgres).collect())
}

/// Wraps a query so that it returns its rows as JSON.
pub fn wrap_as_json(sql: &str) -> String {
    format!("SELECT row_to_json(result)::text FROM ({sql}) AS result")
}
