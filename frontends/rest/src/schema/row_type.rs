//! Declares the rows of a response once: as the SELECT list of its query and as its OpenAPI schema.

/// Declares a row type. `= "…"` gives the SQL expression of a column, if it is not the column itself. Rows are sent as
/// PostgreSQL returns them, so no value of the type is ever created.
macro_rules! row_type {
    (
        $(#[$type_attribute:meta])*
        $name:ident {
            $($(#[$attribute:meta])* $column:ident : $type:ty $(= $sql:literal)?,)+
        }
    ) => {
        #[derive(serde::Serialize, utoipa::ToSchema)]
        $(#[$type_attribute])*
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, reason = "only a description of rows")]
        pub struct $name {
            $($(#[$attribute])* pub $column: $type,)+
        }

        impl $name {
            /// The columns of the row, as a SELECT list.
            pub fn select_list() -> String {
                [$(column_sql!($column $(, $sql)?)),+].join(", ")
            }
        }
    };
}

macro_rules! column_sql {
    ($column:ident) => {
        stringify!($column)
    };
    ($column:ident, $sql:literal) => {
        concat!($sql, " AS ", stringify!($column))
    };
}
