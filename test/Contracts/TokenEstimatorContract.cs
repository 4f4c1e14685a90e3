using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>The contract of estimators that read <see cref="TokenRows"/>.</summary>
public abstract class TokenEstimatorContract : EstimatorContract
{
    protected override string InputColumn => "Tokens";

    protected override string Role => "token";

    protected override string ExpectedShape => "known-size vector of Key<UInt16>";

    protected override string ExpectedType => "Vector<Key<UInt16, 0-7>, 16>";

    protected override IReadOnlyList<WrongInput> WrongInputs =>
    [
        new(TextDataViewType.Instance, "String"),
        new(new KeyDataViewType(typeof(ushort), TokenRows.Colors), "Key<UInt16>"),
        new(new VectorDataViewType(NumberDataViewType.UInt16, TokenRows.Context), "Vector<UInt16>"),
        new(new VectorDataViewType(NumberDataViewType.Single, TokenRows.Context), "Vector<Single>"),
        new(new VectorDataViewType(new KeyDataViewType(typeof(ulong), TokenRows.Colors), TokenRows.Context), "Vector<Key<UInt64>>"),
        new(new VectorDataViewType(new KeyDataViewType(typeof(ushort), TokenRows.Colors)), "VarVector<Key<UInt16>>"),
        new(TokenRows.TypeOf(TokenRows.Colors, 25), null),
        new(TokenRows.TypeOf(TokenRows.Colors + 1, TokenRows.Context), null),
    ];

    protected override TableView CreateData() => TokenRows.Create();
}
