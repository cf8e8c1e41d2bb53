//! Reads the text columns of composite values and builds composite values, without SQL in between.
//! Contains all `unsafe` code of the row path.

use crate::epoch;
use ntsb_schema::clean::Value;
use pgrx::{PgTupleDesc, pg_sys};

/// A row type, and a buffer for one row of it.
pub struct RowType {
    desc: pg_sys::TupleDesc,
    pub names: Vec<String>,
    /// The type of each column; InvalidOid for a dropped column.
    types: Vec<pg_sys::Oid>,
    type_id: pg_sys::Oid,
    type_mod: i32,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

impl RowType {
    /// PostgreSQL raises an error if the type is not composite.
    ///
    /// # Safety
    /// The current memory context outlives the value.
    pub unsafe fn new(type_id: pg_sys::Oid, type_mod: i32) -> Self {
        // SAFETY: lookup_rowtype_tupdesc_copy returns a valid descriptor with natts attributes, or raises
        // an error.
        unsafe {
            let desc = pg_sys::lookup_rowtype_tupdesc_copy(type_id, type_mod);
            let desc = pg_sys::BlessTupleDesc(desc);
            let count = usize::try_from((*desc).natts).unwrap_or(0);
            // Where the attributes are stored depends on the version of PostgreSQL.
            let (names, types) = PgTupleDesc::from_pg_unchecked(desc)
                .iter()
                .map(|a| match a.attisdropped {
                    true => (String::new(), pg_sys::InvalidOid),
                    false => (a.name().to_owned(), a.atttypid),
                })
                .unzip();
            let values = vec![pg_sys::Datum::from(0); count];
            RowType { desc, names, types, type_id, type_mod, values, nulls: vec![true; count] }
        }
    }

    /// Returns the type and type modifier stored in a composite value.
    ///
    /// # Safety
    /// `row` is a composite value. It is detoasted into the current memory context if necessary.
    pub unsafe fn type_of_row(row: pg_sys::Datum) -> (pg_sys::Oid, i32) {
        // SAFETY: a detoasted composite value begins with a HeapTupleHeader.
        unsafe {
            let header = pg_sys::pg_detoast_datum(row.cast_mut_ptr()) as pg_sys::HeapTupleHeader;
            let typed = &(*header).t_choice.t_datum;
            (typed.datum_typeid, typed.datum_typmod)
        }
    }

    pub fn has_type(&self, (type_id, type_mod): (pg_sys::Oid, i32)) -> bool {
        self.type_id == type_id && self.type_mod == type_mod
    }

    pub fn find_column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Finds a column that must have the type of the datums that are set later. Returns the column's type
    /// as the error if it has another.
    pub fn find_typed_column(
        &self,
        name: &str,
        expected: pg_sys::Oid,
    ) -> Result<Option<usize>, pg_sys::Oid> {
        let Some(index) = self.find_column(name) else { return Ok(None) };
        match self.types.get(index) {
            Some(found) if *found == expected => Ok(Some(index)),
            found => Err(found.copied().unwrap_or(pg_sys::InvalidOid)),
        }
    }

    /// Reads the text columns of a row into `out`; columns of other types are read as null.
    ///
    /// # Safety
    /// `row` is a composite value of this type. The texts live as long as `row` and the current memory
    /// context.
    pub unsafe fn read_texts(&mut self, row: pg_sys::Datum, out: &mut Vec<Option<&str>>) {
        // SAFETY: the tuple header matches the descriptor, and the buffers have one entry per column.
        unsafe {
            let header = pg_sys::pg_detoast_datum(row.cast_mut_ptr()) as pg_sys::HeapTupleHeader;
            let mut tuple = pg_sys::HeapTupleData {
                t_len: pgrx::varsize_any(header.cast()) as u32,
                t_data: header,
                ..Default::default()
            };
            pg_sys::heap_deform_tuple(
                &mut tuple,
                self.desc,
                self.values.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
        }
        out.clear();
        for ((value, null), type_id) in self.values.iter().zip(&self.nulls).zip(&self.types) {
            let is_text = *type_id == pg_sys::TEXTOID;
            // SAFETY: the datum was deformed above, is not null and has type text.
            out.push((!null && is_text).then(|| unsafe { text_from_datum(*value) }));
        }
    }

    /// Builds a composite value from the columns that were set; the others are null.
    ///
    /// # Safety
    /// Each datum that was set has the type of its column.
    pub unsafe fn build(&mut self) -> pg_sys::Datum {
        // SAFETY: the buffers have one entry per column of the descriptor.
        unsafe {
            let tuple = pg_sys::heap_form_tuple(
                self.desc,
                self.values.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
            pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data)
        }
    }

    /// Frees the tuple descriptor.
    ///
    /// # Safety
    /// The value is not used afterwards.
    pub unsafe fn free(&mut self) {
        // SAFETY: the descriptor is our own copy, which is not reference-counted.
        unsafe { pg_sys::FreeTupleDesc(self.desc) };
    }

    pub fn set_all_null(&mut self) {
        self.nulls.fill(true);
    }

    pub fn set(&mut self, index: usize, datum: Option<pg_sys::Datum>) {
        if let (Some(value), Some(null)) = (self.values.get_mut(index), self.nulls.get_mut(index)) {
            *null = datum.is_none();
            *value = datum.unwrap_or(pg_sys::Datum::from(0));
        }
    }
}

/// Reads a text datum, detoasting it if necessary.
///
/// # Safety
/// The datum has type text and is not null. The result lives as long as it and the current memory context.
unsafe fn text_from_datum<'a>(datum: pg_sys::Datum) -> &'a str {
    // SAFETY: the caller passes a text datum, and PostgreSQL has checked that it is UTF-8.
    unsafe {
        let varlena = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
        pgrx::text_to_rust_str_unchecked(varlena)
    }
}

/// Returns the OID of a type that [`ntsb_schema::tables::Column::sql_type`] names.
pub fn type_oid(sql_type: &str) -> pg_sys::Oid {
    match sql_type {
        "date" => pg_sys::DATEOID,
        "timestamp(0)" => pg_sys::TIMESTAMPOID,
        "text" => pg_sys::TEXTOID,
        "smallint" => pg_sys::INT2OID,
        "integer" => pg_sys::INT4OID,
        "real" => pg_sys::FLOAT4OID,
        "double precision" => pg_sys::FLOAT8OID,
        "boolean" => pg_sys::BOOLOID,
        _ => pg_sys::InvalidOid,
    }
}

/// Returns the SQL name of a type.
pub fn type_name(oid: pg_sys::Oid) -> String {
    // SAFETY: format_type_be accepts any OID and returns a C string.
    unsafe {
        let name = pg_sys::format_type_be(oid);
        std::ffi::CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// Converts a cleaned value to a datum of its column's type, [`ntsb_schema::tables::Column::sql_type`].
pub fn to_datum(value: &Value) -> Option<pg_sys::Datum> {
    Some(match value {
        Value::Null => return None,
        Value::Text(s) => varlena_datum(s.as_bytes()),
        Value::Int(n) => pg_sys::Datum::from(*n),
        Value::Real(x) => pg_sys::Datum::from(x.to_bits()),
        Value::Double(x) => pg_sys::Datum::from(x.to_bits()),
        Value::Bool(b) => pg_sys::Datum::from(*b),
        Value::Date(days) => pg_sys::Datum::from(days - epoch::OFFSET_DAYS),
        Value::Timestamp(seconds) => {
            pg_sys::Datum::from((seconds - epoch::OFFSET_SECONDS) * 1_000_000)
        }
    })
}

/// Allocates a text or bytea datum in the current memory context.
pub fn varlena_datum(bytes: &[u8]) -> pg_sys::Datum {
    // SAFETY: text and bytea have the same layout; cstring_to_text_with_len copies `length` bytes.
    unsafe {
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        pg_sys::Datum::from(pg_sys::cstring_to_text_with_len(bytes.as_ptr().cast(), length))
    }
}
