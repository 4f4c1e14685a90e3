namespace IGptMl.Tests.Contracts;

/// <summary>The workout of estimators that read <see cref="TokenRows"/> and take a model.</summary>
public abstract class TokenModelContract(ImageGptModel model) : TokenEstimatorContract, IDisposable
{
    protected ImageGptModel Model => model;

    public void Dispose()
    {
        model.Dispose();
        GC.SuppressFinalize(this);
    }
}
