mod catalog;
mod edit;
mod filter;
mod insights;
mod many;
mod outliers;
mod overview;
mod texts;
