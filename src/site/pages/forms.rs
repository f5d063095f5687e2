//! The macro that gives a page struct its templates. It stands beside the pages that use it: askama
//! writes a template's path from the macro's folder, and the compiler reads it from the page's,
//! where this crate is another's dependency.

/// Gives a page struct its two templates; each sees the struct as `page`.
macro_rules! forms {
    ($page:ident $(<$life:lifetime>)?, $html:literal, $markdown:literal) => {
        #[derive(askama::Template)]
        #[template(path = $html, config = "templates/askama.toml")]
        struct Html<'a, $($life)?> {
            page: &'a $page $(<$life>)?,
        }

        #[derive(askama::Template)]
        #[template(path = $markdown, config = "templates/askama.toml")]
        struct Markdown<'a, $($life)?> {
            page: &'a $page $(<$life>)?,
        }

        impl $(<$life>)? $page $(<$life>)? {
            /// Prints the page, once for each form.
            pub(crate) fn write(
                &self,
                forms: &[$crate::site::page::PageForm],
            ) -> askama::Result<Vec<String>> {
                let print = |form: &$crate::site::page::PageForm| match form {
                    $crate::site::page::PageForm::Html => {
                        $crate::site::pages::print(&Html { page: self })
                    }
                    $crate::site::page::PageForm::Markdown => {
                        $crate::site::pages::print(&Markdown { page: self })
                    }
                };
                forms.iter().map(print).collect()
            }
        }
    };
}

pub(crate) use forms;
