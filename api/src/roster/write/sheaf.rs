//! New rows of a batch, gathered so that they go in with one statement a table.

use entity::{
    assessment, cadre, cadre_sealed, education, level_period, post_assignment, professional_title, rank_period,
    resume_entry,
};

use crate::{db::writer::Writer, error::Result};

/// New rows, table by table.
#[derive(Default)]
pub(super) struct Sheaf {
    pub cadres: Vec<cadre::Model>,
    pub sealed: Vec<cadre_sealed::Model>,
    pub posts: Vec<post_assignment::Model>,
    pub levels: Vec<level_period::Model>,
    pub ranks: Vec<rank_period::Model>,
    pub educations: Vec<education::Model>,
    pub titles: Vec<professional_title::Model>,
    pub assessments: Vec<assessment::Model>,
    pub resume: Vec<resume_entry::Model>,
}

impl Sheaf {
    /// Adds what another one holds.
    pub fn take(&mut self, other: Self) {
        self.cadres.extend(other.cadres);
        self.sealed.extend(other.sealed);
        self.posts.extend(other.posts);
        self.levels.extend(other.levels);
        self.ranks.extend(other.ranks);
        self.educations.extend(other.educations);
        self.titles.extend(other.titles);
        self.assessments.extend(other.assessments);
        self.resume.extend(other.resume);
    }

    /// Writes all of it, persons first.
    pub async fn insert(self, tx: &mut Writer<'_>) -> Result<()> {
        tx.insert_many::<cadre::Entity>(self.cadres).await?;
        tx.insert_many::<cadre_sealed::Entity>(self.sealed).await?;
        tx.insert_many::<post_assignment::Entity>(self.posts).await?;
        tx.insert_many::<level_period::Entity>(self.levels).await?;
        tx.insert_many::<rank_period::Entity>(self.ranks).await?;
        tx.insert_many::<education::Entity>(self.educations).await?;
        tx.insert_many::<professional_title::Entity>(self.titles).await?;
        tx.insert_many::<assessment::Entity>(self.assessments).await?;
        tx.insert_many::<resume_entry::Entity>(self.resume).await
    }
}
