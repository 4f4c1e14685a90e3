namespace IGptMl.Tests.Contracts;

/// <summary>The contract of estimators that read <see cref="TokenRows"/> and have a model.</summary>
public abstract class TokenModelContract(ImageGptModel model) : TokenEstimatorContract, IDisposable
{
    protected ImageGptModel Model => model;

    public void Dispose()
    {
        model.Dispose();
        GC.SuppressFinalize(this);
    }
}
