//! One column of a row group as cells. The parquet crate decodes pages; what a dictionary holds is
//! turned into cells before, so that a row costs a look into a table of numbers.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::Int64Type;
use parquet::errors::Result;
use parquet::file::reader::SerializedPageReader;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, Type as SchemaType};

use super::damaged;
use super::value_kind::read_records;
use super::values::ValueReader;
use crate::reprice::dictionary::Dictionary;

/// Pages that are handed to a column reader one by one.
#[derive(Clone, Default)]
struct PageQueue(Arc<Mutex<VecDeque<Page>>>);

impl PageQueue {
    fn push(&self, page: Page) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(page);
    }
}

impl Iterator for PageQueue {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for PageQueue {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.get_next_page().map(|_| ())
    }
}

/// The cells of one column that are still to be read.
pub(super) struct ColumnDecoder<'a> {
    pages: SerializedPageReader<File>,
    descriptor: ColumnDescPtr,
    values: ValueReader<'a>,
    /// Reads pages of places in the dictionary, which holds cells.
    cells: ColumnReaderImpl<Int64Type>,
    cell_pages: PageQueue,
    has_dictionary: bool,
    /// Reads all other pages.
    plain: ColumnReader,
    plain_pages: PageQueue,
    /// Rows left in the page, and whether it is one of places.
    left: usize,
    is_of_places: bool,
    levels: Vec<i16>,
    numbers: Vec<i64>,
}

impl<'a> ColumnDecoder<'a> {
    pub(super) fn new(
        pages: SerializedPageReader<File>,
        descriptor: &ColumnDescPtr,
        values: ValueReader<'a>,
    ) -> Self {
        let (cell_pages, plain_pages) = (PageQueue::default(), PageQueue::default());
        let cells = SchemaType::primitive_type_builder("cells", Type::INT64).build();
        let cells = cells.map_or_else(|_| descriptor.self_type_ptr(), Arc::new);
        let (most, path) = (descriptor.max_def_level(), descriptor.path().clone());
        let cells = Arc::new(ColumnDescriptor::new(cells, most, 0, path));
        Self {
            pages,
            descriptor: Arc::clone(descriptor),
            values,
            cells: ColumnReaderImpl::new(cells, Box::new(cell_pages.clone())),
            cell_pages,
            has_dictionary: false,
            plain: get_column_reader(Arc::clone(descriptor), Box::new(plain_pages.clone())),
            plain_pages,
            left: 0,
            is_of_places: false,
            levels: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// Puts the cells of the next rows into `cells`.
    pub(super) fn fill(
        &mut self,
        names: &mut Dictionary,
        rows: usize,
        cells: &mut Vec<u64>,
    ) -> Result<()> {
        cells.clear();
        while cells.len() < rows {
            if self.left == 0 {
                self.next_page(names)?;
                continue;
            }
            let (start, wanted) = (cells.len(), self.left.min(rows - cells.len()));
            self.left -= wanted;
            if self.is_of_places {
                read_records(&mut self.cells, wanted, &mut self.levels, &mut self.numbers)?;
                cells.extend(self.numbers.iter().map(|number| number.cast_unsigned()));
            } else {
                self.values.read(&mut self.plain, names, wanted, &mut self.levels, cells)?;
            }
            if cells.len() < start + wanted {
                self.spread(names, start, cells)?;
            }
        }
        Ok(())
    }

    /// Puts nulls between the cells from `start` on, where the levels say so.
    fn spread(&mut self, names: &mut Dictionary, start: usize, cells: &mut Vec<u64>) -> Result<()> {
        let (null, most) = (self.values.null(names), self.descriptor.max_def_level());
        let mut present = cells.split_off(start).into_iter();
        for level in &self.levels {
            cells.push(if *level < most { null } else { present.next().ok_or_else(damaged)? });
        }
        Ok(())
    }

    /// Goes to the next page of data.
    fn next_page(&mut self, names: &mut Dictionary) -> Result<()> {
        let page = match self.pages.get_next_page()?.ok_or_else(damaged)? {
            Page::DictionaryPage { buf, num_values, .. } => {
                let page = self.dictionary(names, buf, num_values)?;
                self.cell_pages.push(page);
                self.has_dictionary = true;
                return Ok(());
            }
            page => page,
        };
        check_levels(&page)?;
        self.left = page.num_values() as usize;
        self.is_of_places =
            matches!(page.encoding(), Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
        if !self.is_of_places {
            self.plain_pages.push(page);
        } else if self.has_dictionary {
            self.cell_pages.push(page);
        } else {
            return Err(damaged());
        }
        Ok(())
    }

    /// A dictionary of cells in place of one of values.
    fn dictionary(&mut self, names: &mut Dictionary, buf: Bytes, num_values: u32) -> Result<Page> {
        // Room is made for as many as are claimed; each takes a byte or more.
        let count = num_values as usize;
        if count > buf.len() {
            return Err(damaged());
        }
        let (level, pages) = (Encoding::RLE, PageQueue::default());
        pages.push(Page::DataPage {
            buf,
            num_values,
            encoding: Encoding::PLAIN,
            def_level_encoding: level,
            rep_level_encoding: level,
            statistics: None,
        });
        let (kind, path) = (self.descriptor.self_type_ptr(), self.descriptor.path().clone());
        let required = Arc::new(ColumnDescriptor::new(kind, 0, 0, path));
        let mut reader = get_column_reader(required, Box::new(pages));
        let mut cells = Vec::with_capacity(count);
        self.values.read(&mut reader, names, count, &mut self.levels, &mut cells)?;
        let buf: Vec<u8> = cells.into_iter().flat_map(u64::to_le_bytes).collect();
        let encoding = Encoding::PLAIN;
        Ok(Page::DictionaryPage { buf: buf.into(), num_values, encoding, is_sorted: false })
    }
}

/// Refuses levels in an encoding that no level may have: the parquet crate panics on them.
pub(super) fn check_levels(page: &Page) -> Result<()> {
    #[expect(deprecated, reason = "old files have it")]
    let known = |encoding: &Encoding| matches!(encoding, Encoding::RLE | Encoding::BIT_PACKED);
    match page {
        Page::DataPage { def_level_encoding, rep_level_encoding, .. }
            if !known(def_level_encoding) || !known(rep_level_encoding) =>
        {
            Err(damaged())
        }
        Page::DataPage { .. } | Page::DataPageV2 { .. } | Page::DictionaryPage { .. } => Ok(()),
    }
}
