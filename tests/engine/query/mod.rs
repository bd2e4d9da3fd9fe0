mod catalog;
mod edit;
mod filter;
mod insights;
mod link;
mod many;
mod outliers;
mod overview;
