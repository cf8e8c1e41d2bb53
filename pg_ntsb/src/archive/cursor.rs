//! Reads the rows of a query as bytes, as COPY in binary format would send them.

use std::ffi::CString;
use std::ptr::null_mut;

use ntsb_archive::Value;
use pgrx::pg_sys::{self, Datum};

use super::error::{ArchiveError, unknown_relation};

/// Rows per fetch. Besides the row group that is being encoded, only these rows are in memory.
const FETCH_SIZE: i64 = 256;

/// Calls `f` with each row. `widths`: the width of each column in bytes; None for text and bytea.
/// Must be called within `Spi::connect`.
pub fn for_each_row(
    sql: &str,
    widths: &[Option<usize>],
    mut f: impl FnMut(&[Value]) -> Result<(), ArchiveError>,
) -> Result<(), ArchiveError> {
    let sql = CString::new(sql).map_err(|_| unknown_relation(sql))?;
    // SAFETY: the caller has connected SPI. The rows of a fetch live in their own memory context. It is the
    // current one while they are read, so detoasted values are freed with them.
    unsafe {
        let options = pg_sys::CURSOR_OPT_NO_SCROLL as i32;
        let plan = pg_sys::SPI_prepare_cursor(sql.as_ptr(), 0, null_mut(), options);
        let portal =
            pg_sys::SPI_cursor_open(std::ptr::null(), plan, null_mut(), std::ptr::null(), false);
        let mut row = Row::new(widths);
        loop {
            pgrx::check_for_interrupts!();
            pg_sys::SPI_cursor_fetch(portal, true, FETCH_SIZE as _);
            let (table, count) = (pg_sys::SPI_tuptable, pg_sys::SPI_processed);
            let previous_context = pg_sys::MemoryContextSwitchTo((*table).tuptabcxt);
            for index in 0..count as usize {
                row.read((*table).tupdesc, *(*table).vals.add(index), &mut f)?;
            }
            pg_sys::MemoryContextSwitchTo(previous_context);
            pg_sys::SPI_freetuptable(table);
            if count == 0 {
                break;
            }
        }
        pg_sys::SPI_cursor_close(portal);
        pg_sys::SPI_freeplan(plan);
    }
    Ok(())
}

struct Row<'a> {
    widths: &'a [Option<usize>],
    values: Vec<Datum>,
    nulls: Vec<bool>,
    /// Fixed-width values in network byte order.
    numbers: Vec<[u8; 8]>,
}

impl Row<'_> {
    fn new(widths: &[Option<usize>]) -> Row<'_> {
        let count = widths.len();
        let (values, nulls) = (vec![Datum::from(0); count], vec![true; count]);
        Row { widths, values, nulls, numbers: vec![[0; 8]; count] }
    }

    /// # Safety
    /// The tuple matches the descriptor, and the descriptor's columns have these widths.
    unsafe fn read(
        &mut self,
        descriptor: pg_sys::TupleDesc,
        tuple: pg_sys::HeapTuple,
        f: &mut impl FnMut(&[Value]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let (values, nulls) = (self.values.as_mut_ptr(), self.nulls.as_mut_ptr());
        // SAFETY: the buffers have one entry per column.
        unsafe { pg_sys::heap_deform_tuple(tuple, descriptor, values, nulls) };
        for (number, value) in self.numbers.iter_mut().zip(&self.values) {
            *number = (value.value() as u64).to_be_bytes();
        }
        let columns =
            self.widths.iter().zip(&self.nulls).zip(self.values.iter().zip(&self.numbers));
        let value = |((width, null), (datum, number)): ((&Option<usize>, &bool), (&Datum, _))| {
            let number: &[u8; 8] = number;
            match width {
                _ if *null => None,
                Some(width) => number.get(8_usize.saturating_sub(*width)..),
                // SAFETY: the value is not null and has a variable-length type.
                None => Some(unsafe { varlena_bytes(*datum) }),
            }
        };
        let row: Vec<Value> = columns.map(value).collect();
        f(&row)
    }
}

/// # Safety
/// The datum is a varlena and not null. The bytes live as long as it and the current memory context.
unsafe fn varlena_bytes<'a>(datum: Datum) -> &'a [u8] {
    // SAFETY: the caller passes a varlena.
    unsafe { pgrx::varlena_to_byte_slice(pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr())) }
}
