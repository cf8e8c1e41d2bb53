//! Words in reports, and conditions over columns.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{Given, Sent};
use crate::answer::Envelope;
use crate::ask::Question;
use crate::auth::Caller;
use crate::error::{ErrorBody, Problem};
use crate::schema::events::{Hit, List, WordHit};
use crate::state::App;
use crate::tree;

/// Words and what narrows them
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// Words, "phrases", OR, -minus
    #[param(example = "engine power -fuel")]
    pub q: String,
    /// First year
    pub from_year: Option<i32>,
    /// Last year
    pub to_year: Option<i32>,
    /// States, codes or names, separated by commas
    pub state: Option<String>,
    /// Maker, in any spelling
    pub make: Option<String>,
    /// Severities, separated by commas: FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    /// In the territory of the United States, or not
    pub domestic: Option<bool>,
    /// A condition, as for /search/advanced
    pub filter: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

const SEARCH: &str = "SELECT * FROM ntsb_search($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

fn codes(list: Option<String>) -> Option<Vec<String>> {
    list.map(|list| list.split(',').map(str::to_owned).collect())
}

pub fn rows(limit: Option<i32>, default: i32) -> Result<i32, Problem> {
    let limit = limit.unwrap_or(default);
    if (1..=1_000).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::bad_input(format!("limit is {limit}")).hint("limit: 1 to 1000."))
}

/// Events whose reports hold words, the best first
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(Words),
    responses((status = 200, body = inline(List<WordHit>)), (status = 422, body = ErrorBody)))]
pub async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Given(w): Given<Words>,
) -> Result<Response, Problem> {
    let question = Question::new(SEARCH).text(w.q).int(w.from_year).int(w.to_year);
    let question = question.texts(codes(w.state)).text(w.make).texts(codes(w.severity));
    let question = question.flag(w.domestic).int(rows(w.limit, 20)?).text(w.page).text(w.filter);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// A condition, as SQL or as a tree
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"filter": "acft_make = 'CESSNA' AND fatalities > 0", "limit": 5}))]
pub struct Conditions {
    /// SQL over the columns of ntsb_search_columns(); null: all events
    #[schema(max_length = 2000)]
    pub filter: Option<String>,
    /// The same as a tree: {"and": [{"column": "ev_state", "op": "in", "value": ["AK"]}, {"not": …}]}
    #[schema(value_type = Option<Object>)]
    pub tree: Option<Box<RawValue>>,
    /// A column, and DESC
    pub order_by: Option<String>,
    /// 1 to 1,000 rows
    #[schema(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the page before
    pub page: Option<String>,
}

const ADVANCED: &str =
    "SELECT * FROM ntsb_search_advanced($1, coalesce($2, 'ev_date DESC'), $3, $4)";

/// Events for which a condition holds
#[utoipa::path(post, path = "/api/v1/search/advanced", tag = "search", request_body = Conditions,
    responses((status = 200, body = inline(List<Hit>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn advanced(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Sent(wanted): Sent<Conditions>,
) -> Result<Response, Problem> {
    let filter = match (wanted.filter, wanted.tree) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad_input("filter and tree say the same in two ways")
                .hint("Send one of them."));
        }
        (filter, None) => filter,
        (None, Some(tree)) => Some(tree_condition(&tree)?),
    };
    let question = Question::new(ADVANCED).text(filter).text(wanted.order_by);
    let question = question.int(rows(wanted.limit, 100)?).text(wanted.page);
    app.list(&caller, &headers, question, Envelope::V1).await
}

/// As a tree of values it is many times as large as its text: only while it is read.
fn tree_condition(text: &RawValue) -> Result<String, Problem> {
    let tree = serde_json::from_str(text.get())
        .map_err(|e| Problem::bad_input("tree cannot be read").details(e.to_string()))?;
    tree::condition(&tree)
}
