using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>The contract of estimators that read <see cref="ImageRows"/>.</summary>
public abstract class ImageEstimatorContract : EstimatorContract
{
    protected override string InputColumn => "Image";

    protected override string Role => "image";

    protected override string ExpectedShape => "Image";

    protected override string ExpectedType => "Image";

    protected override bool InputCanBeCached => false;

    protected override IReadOnlyList<WrongInput> WrongInputs =>
    [
        new(TextDataViewType.Instance, "String"),
        new(NumberDataViewType.Single, "Single"),
        new(new VectorDataViewType(NumberDataViewType.Single, 48), "Vector<Single>"),
    ];

    protected override TableView CreateData() => ImageRows.Create();
}
