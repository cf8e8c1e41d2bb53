//! Everything that the user sees: messages, progress, tables, JSON and CSV.

mod result_set;
mod row_writer;
mod terminal;
mod text_table;

pub use result_set::{Column, ColumnKind, ResultSet, format_value};
pub use row_writer::RowWriter;
pub use terminal::{TableProgress, Terminal, one_line, stdout_width, write_stdout};
pub use text_table::{align_rows, date_and_minute_of, date_of, group_digits};
