namespace IGptMl;

/// <summary>The course of the learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Constant until the last step, as in the paper's fine-tuning (Chen et al. 2020, section 3.3).</summary>
    Constant,

    /// <summary>Decays along half a cosine to zero, as in the paper's pretraining (section 3.3).</summary>
    Cosine,
}
