namespace IGptMl;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays as it is until the last step, as in the paper's fine-tuning (Chen et al. 2020, section 3.3).</summary>
    Constant,

    /// <summary>It falls along half a cosine to zero, as in the paper's pretraining (section 3.3).</summary>
    Cosine,
}
