//! Text search, and search by a filter expression.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::limits::{check_years, page_limit};
use super::{JsonBody, QueryParams};
use crate::auth::Caller;
use crate::database::Query;
use crate::error::{ErrorBody, Problem};
use crate::filter_tree::filter_sql;
use crate::response::{Envelope, Responder};
use crate::schema::events::{Hit, WordHit};
use crate::schema::lists::List;

/// Search text and filters
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words, "phrases", OR, -excluded
    #[param(example = "engine power -fuel")]
    pub q: String,
    /// First year
    pub from_year: Option<i32>,
    /// Last year
    pub to_year: Option<i32>,
    /// States, as codes or names, separated by commas
    pub state: Option<String>,
    /// Aircraft make, in any spelling
    pub make: Option<String>,
    /// Severities, separated by commas: FATL, SERS, MINR, NONE
    pub severity: Option<String>,
    /// true: only inside the territory of the United States; false: only outside
    pub domestic: Option<bool>,
    /// Filter expression, as for /search/advanced
    pub filter: Option<String>,
    /// 1 to 1,000 rows
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

static SEARCH: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, next_page FROM ntsb_search($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        WordHit::select_list()
    )
});

fn split_list(list: Option<String>) -> Option<Vec<String>> {
    list.map(|list| list.split(',').map(str::to_owned).collect())
}

/// Search the narratives, best match first
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(SearchParams),
    responses((status = 200, body = inline(List<WordHit>)), (status = 422, body = ErrorBody)))]
pub async fn search(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    QueryParams(params): QueryParams<SearchParams>,
) -> Result<Response, Problem> {
    check_years(params.from_year, params.to_year)?;
    let query = Query::new(SEARCH.as_str()).text(params.q);
    let query = query.int(params.from_year).int(params.to_year);
    let query = query.text_array(split_list(params.state)).text(params.make);
    let query = query.text_array(split_list(params.severity)).boolean(params.domestic);
    let query = query.int(page_limit(params.limit, 20)?).text(params.page).text(params.filter);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Filter as an SQL expression or as a JSON tree
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Conditions, example = json!({"filter": "acft_make = 'CESSNA' AND fatalities > 0", "limit": 5}))]
pub struct FilterParams {
    /// SQL expression over the columns of ntsb_search_columns(); null: all events
    #[schema(max_length = 2000)]
    pub filter: Option<String>,
    /// The filter as a tree: {"and": [{"column": "ev_state", "op": "in", "value": ["AK"]}, {"not": …}]}
    #[schema(value_type = Option<Object>)]
    pub tree: Option<Box<RawValue>>,
    /// A column, optionally followed by DESC
    pub order_by: Option<String>,
    /// 1 to 1,000 rows
    #[schema(minimum = 1, maximum = 1_000)]
    pub limit: Option<i32>,
    /// next_page of the previous page
    pub page: Option<String>,
}

static ADVANCED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, next_page FROM ntsb_search_advanced($1, coalesce($2, 'ev_date DESC'), $3, $4)",
        Hit::select_list()
    )
});

/// Events matching a filter expression
#[utoipa::path(post, path = "/api/v1/search/advanced", tag = "search", request_body = FilterParams,
    responses((status = 200, body = inline(List<Hit>)), (status = 422, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub async fn advanced(
    State(responder): State<Arc<Responder>>,
    caller: Caller,
    headers: HeaderMap,
    JsonBody(params): JsonBody<FilterParams>,
) -> Result<Response, Problem> {
    let filter = match (params.filter, params.tree) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad_input("filter and tree cannot be combined")
                .hint("Send only one of them."));
        }
        (filter, None) => filter,
        (None, Some(tree)) => Some(parse_tree(&tree)?),
    };
    let query = Query::new(ADVANCED.as_str()).text(filter).text(params.order_by);
    let query = query.int(page_limit(params.limit, 100)?).text(params.page);
    responder.list(&caller, &headers, query, Envelope::V1).await
}

/// Parses the tree only here, as the parsed values take many times the memory of the text.
fn parse_tree(text: &RawValue) -> Result<String, Problem> {
    let tree = serde_json::from_str(text.get())
        .map_err(|e| Problem::bad_input("tree is not valid JSON").details(e.to_string()))?;
    filter_sql(&tree)
}
