//! Record batches to rows of JSON: days as `2031-04-05`, times as `2031-04-05T06:07:08`, lists as arrays.
//!
//! Takes any Arrow type, since anybody's file can be checked; what JSON has no word for is written as text.
//! Never loses a null.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, Float32Array, Float64Array, Int64Array,
    LargeStringArray, MapArray, StringArray, StringViewArray, StructArray, UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float32Type, Float64Type, Int64Type, TimeUnit, UInt64Type};
use arrow::datatypes::{
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use serde_json::{Map, Number, Value};

use crate::article::record::hex;

/// Types nested deeper than this are written as text. The tables of a dataset nest once.
const MAX_NESTING: usize = 32;

/// A batch made ready for reading row by row.
#[derive(Debug)]
pub struct Rows {
    columns: Vec<(String, Cells)>,
    len: usize,
}

impl Rows {
    /// Makes a batch ready; the values themselves are shared, not copied.
    pub fn new(batch: &RecordBatch) -> Self {
        let schema = batch.schema();
        let names = schema.fields().iter().map(|field| field.name().clone());
        let cells = batch.columns().iter().map(|array| Cells::new(array, MAX_NESTING));
        Self { columns: names.zip(cells).collect(), len: batch.num_rows() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// One row, from 0, its columns in order.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn get(&self, idx: usize) -> Map<String, Value> {
        assert!(idx < self.len, "row {idx} of {}", self.len);
        self.columns.iter().map(|(name, cells)| (name.clone(), cells.value(idx))).collect()
    }
}

/// One column, or the elements of one.
#[derive(Debug)]
enum Cells {
    Bool(BooleanArray),
    Int(Int64Array),
    UInt(UInt64Array),
    Float32(Float32Array),
    Float64(Float64Array),
    Text(StringArray),
    LargeText(LargeStringArray),
    ViewText(StringViewArray),
    Bytes(ArrayRef),
    Date(ArrayRef),
    Time { array: ArrayRef, unit: TimeUnit, zoned: bool },
    List { array: ArrayRef, items: Box<Cells> },
    Struct { array: StructArray, columns: Vec<(String, Cells)> },
    Map { array: MapArray, keys: ArrayRef, values: Box<Cells> },
    Decimal(ArrayRef),
    Other(ArrayRef),
}

impl Cells {
    /// `depth` is how much deeper types may nest.
    fn new(array: &ArrayRef, depth: usize) -> Self {
        let other = || Cells::Other(Arc::clone(array));
        if depth == 0 {
            return other();
        }
        match array.data_type() {
            DataType::Boolean => Cells::Bool(array.as_boolean().clone()),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => cast(array, &DataType::Int64)
                .map_or_else(|_| other(), |a| Cells::Int(a.as_primitive::<Int64Type>().clone())),
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => cast(array, &DataType::UInt64)
                .map_or_else(|_| other(), |a| Cells::UInt(a.as_primitive::<UInt64Type>().clone())),
            DataType::Float32 => Cells::Float32(array.as_primitive::<Float32Type>().clone()),
            DataType::Float64 => Cells::Float64(array.as_primitive::<Float64Type>().clone()),
            DataType::Utf8 => Cells::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Cells::LargeText(array.as_string().clone()),
            DataType::Utf8View => Cells::ViewText(array.as_string_view().clone()),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Cells::Bytes(Arc::clone(array))
            }
            DataType::Date32 => Cells::Date(Arc::clone(array)),
            DataType::Timestamp(unit, zone) => {
                Cells::Time { array: Arc::clone(array), unit: *unit, zoned: zone.is_some() }
            }
            DataType::List(_) => {
                let items = Cells::new(array.as_list::<i32>().values(), depth - 1);
                Cells::List { array: Arc::clone(array), items: Box::new(items) }
            }
            DataType::LargeList(_) => {
                let items = Cells::new(array.as_list::<i64>().values(), depth - 1);
                Cells::List { array: Arc::clone(array), items: Box::new(items) }
            }
            DataType::FixedSizeList(..) => {
                let items = Cells::new(array.as_fixed_size_list().values(), depth - 1);
                Cells::List { array: Arc::clone(array), items: Box::new(items) }
            }
            DataType::Struct(fields) => {
                let array = array.as_struct();
                let cells = array.columns().iter().map(|column| Cells::new(column, depth - 1));
                let columns = fields.iter().map(|f| f.name().clone()).zip(cells).collect();
                Cells::Struct { array: array.clone(), columns }
            }
            DataType::Map(..) => {
                let array = array.as_map();
                let values = Box::new(Cells::new(array.values(), depth - 1));
                Cells::Map { array: array.clone(), keys: Arc::clone(array.keys()), values }
            }
            DataType::Dictionary(_, values) => {
                cast(array, values).map_or_else(|_| other(), |plain| Cells::new(&plain, depth - 1))
            }
            ty if ty.is_decimal() => Cells::Decimal(Arc::clone(array)),
            _ => other(),
        }
    }

    fn array(&self) -> &dyn Array {
        match self {
            Cells::Bool(array) => array,
            Cells::Int(array) => array,
            Cells::UInt(array) => array,
            Cells::Float32(array) => array,
            Cells::Float64(array) => array,
            Cells::Text(array) => array,
            Cells::LargeText(array) => array,
            Cells::ViewText(array) => array,
            Cells::Struct { array, .. } => array,
            Cells::Map { array, .. } => array,
            Cells::Bytes(array)
            | Cells::Date(array)
            | Cells::Time { array, .. }
            | Cells::List { array, .. }
            | Cells::Decimal(array)
            | Cells::Other(array) => array.as_ref(),
        }
    }

    /// One value. Goes as deep as the type nests, which [`MAX_NESTING`] bounds.
    fn value(&self, idx: usize) -> Value {
        // The null type has no bitmap, all of it is null.
        if self.array().is_null(idx) || *self.array().data_type() == DataType::Null {
            return Value::Null;
        }
        match self {
            Cells::Bool(array) => array.value(idx).into(),
            Cells::Int(array) => array.value(idx).into(),
            Cells::UInt(array) => array.value(idx).into(),
            Cells::Float32(array) => float32(array.value(idx)),
            Cells::Float64(array) => float64(array.value(idx)),
            Cells::Text(array) => array.value(idx).into(),
            Cells::LargeText(array) => array.value(idx).into(),
            Cells::ViewText(array) => array.value(idx).into(),
            Cells::Bytes(array) => bytes(array, idx).into(),
            Cells::Date(array) => day(array.as_primitive::<Date32Type>().value(idx)).into(),
            Cells::Time { array, unit, zoned } => time(array, idx, *unit, *zoned).into(),
            Cells::List { array, items } => range(array, idx).map(|i| items.value(i)).collect(),
            Cells::Struct { columns, .. } => {
                Value::Object(columns.iter().map(|(name, cells)| (name.clone(), cells.value(idx))).collect())
            }
            Cells::Map { array, keys, values } => {
                let offsets = array.value_offsets();
                let entries = offsets[idx] as usize..offsets[idx + 1] as usize;
                Value::Object(entries.map(|i| (shown(keys, i), values.value(i))).collect())
            }
            Cells::Decimal(array) => decimal(&shown(array, idx)),
            Cells::Other(array) => shown(array, idx).into(),
        }
    }
}

/// Where the elements of a list lie among all elements.
fn range(array: &ArrayRef, idx: usize) -> std::ops::Range<usize> {
    if let Some(list) = array.as_list_opt::<i32>() {
        let offsets = list.value_offsets();
        return offsets[idx] as usize..offsets[idx + 1] as usize;
    }
    if let Some(list) = array.as_list_opt::<i64>() {
        let offsets = list.value_offsets();
        return offsets[idx] as usize..offsets[idx + 1] as usize;
    }
    array.as_any().downcast_ref::<FixedSizeListArray>().map_or(0..0, |list| {
        let start = list.value_offset_at(idx);
        start..start + list.value_length() as usize
    })
}

/// The shortest decimal that reads back as the same 32-bit number; text where JSON has no such number.
fn float32(value: f32) -> Value {
    let shortest: f64 = value.to_string().parse().unwrap_or(f64::from(value));
    float64(shortest)
}

fn float64(value: f64) -> Value {
    Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

/// The number that a decimal stands for, as close as JSON readers come.
fn decimal(digits: &str) -> Value {
    digits.parse().map_or_else(|_| Value::String(digits.to_owned()), float64)
}

/// Hex digits, as the bytes may be anything.
fn bytes(array: &ArrayRef, idx: usize) -> String {
    if let Some(binary) = array.as_binary_opt::<i32>() {
        hex(binary.value(idx))
    } else if let Some(binary) = array.as_binary_opt::<i64>() {
        hex(binary.value(idx))
    } else if let Some(binary) = array.as_binary_view_opt() {
        hex(binary.value(idx))
    } else {
        shown(array, idx)
    }
}

/// A day; a number of days where the calendar ends.
fn day(days: i32) -> String {
    let epoch = Date::constant(1970, 1, 1);
    let span = Span::new().try_days(days).ok();
    span.and_then(|span| epoch.checked_add(span).ok()).map_or_else(|| format!("day {days}"), |date| date.to_string())
}

/// A time; a plain number where the calendar ends.
fn time(array: &ArrayRef, idx: usize, unit: TimeUnit, zoned: bool) -> String {
    let (raw, timestamp) = match unit {
        TimeUnit::Second => {
            let raw = array.as_primitive::<TimestampSecondType>().value(idx);
            (raw, Timestamp::from_second(raw))
        }
        TimeUnit::Millisecond => {
            let raw = array.as_primitive::<TimestampMillisecondType>().value(idx);
            (raw, Timestamp::from_millisecond(raw))
        }
        TimeUnit::Microsecond => {
            let raw = array.as_primitive::<TimestampMicrosecondType>().value(idx);
            (raw, Timestamp::from_microsecond(raw))
        }
        TimeUnit::Nanosecond => {
            let raw = array.as_primitive::<TimestampNanosecondType>().value(idx);
            (raw, Timestamp::from_nanosecond(i128::from(raw)))
        }
    };
    let Ok(timestamp) = timestamp else { return format!("time {raw}") };
    let mut text = Offset::UTC.to_datetime(timestamp).to_string();
    if zoned {
        text.push('Z');
    }
    text
}

/// A value as text for people.
fn shown(array: &ArrayRef, idx: usize) -> String {
    ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default())
        .and_then(|formatter| formatter.value(idx).try_to_string())
        .unwrap_or_else(|error| format!("unreadable value: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{
        Date32Array, Int32Array, ListArray, NullArray, TimestampMicrosecondArray, TimestampSecondArray,
    };
    use arrow::datatypes::Int32Type;
    use serde_json::json;

    fn first(array: ArrayRef) -> Value {
        Cells::new(&array, MAX_NESTING).value(0)
    }

    #[test]
    fn values_read_as_the_schemas_write_them() {
        assert_eq!(first(Arc::new(StringArray::from(vec!["pier"]))), json!("pier"));
        assert_eq!(first(Arc::new(Float32Array::from(vec![0.9]))), json!(0.9));
        assert_eq!(first(Arc::new(Int32Array::from(vec![-7]))), json!(-7));
        assert_eq!(first(Arc::new(Date32Array::from(vec![1]))), json!("1970-01-02"));
        assert_eq!(first(Arc::new(TimestampMicrosecondArray::from(vec![1]))), json!("1970-01-01T00:00:00.000001"));
        let zoned = TimestampSecondArray::from(vec![60]).with_timezone("+03:00");
        assert_eq!(first(Arc::new(zoned)), json!("1970-01-01T00:01:00Z"));
    }

    #[test]
    fn odd_values_become_text_and_nulls_stay_null() {
        assert_eq!(first(Arc::new(Float32Array::from(vec![f32::NAN]))), json!("NaN"));
        assert_eq!(first(Arc::new(Date32Array::from(vec![i32::MAX]))), json!("day 2147483647"));
        assert_eq!(first(Arc::new(TimestampSecondArray::from(vec![i64::MAX]))), json!("time 9223372036854775807"));
        assert_eq!(first(Arc::new(NullArray::new(1))), Value::Null);
        assert_eq!(first(Arc::new(StringArray::from(vec![None::<&str>]))), Value::Null);
    }

    #[test]
    fn lists_of_lists_read_as_arrays_of_arrays() {
        let inner = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), Some(vec![])]);
        assert_eq!(first(Arc::new(inner)), json!([1, null]));
    }
}
