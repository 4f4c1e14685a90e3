using System.Reflection;
using Microsoft.ML;

namespace IGptMl.Tests.Contracts;

/// <summary>Checks that every estimator and transformer of these libraries is tested by <see cref="EstimatorContract"/>.</summary>
[TestClass]
public sealed class ContractCoverageTests
{
    private static readonly string[] Libraries = ["IGptMl.Transforms", "IGptMl.Trainers", "IGptMl.Pipelines"];

    private static readonly Lazy<IReadOnlyList<Type>> Tested = new(() => [.. typeof(EstimatorContract).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(EstimatorContract)))
        .Select(EstimatorOf)
        .Distinct()]);

    [TestMethod]
    public void Estimators_AllPassTheWorkout() => AssertSame(Concrete(type => TransformerOf(type) is not null), Tested.Value);

    [TestMethod]
    public void Transformers_AllPassTheWorkout() =>
        AssertSame(Concrete(type => type.IsAssignableTo(typeof(ITransformer))), Tested.Value.Select(type => TransformerOf(type)!));

    private static IEnumerable<Type> Concrete(Func<Type, bool> condition)
        => Libraries.SelectMany(name => Assembly.Load(name).GetTypes()).Where(type => type is { IsAbstract: false, IsInterface: false } && condition(type));

    private static Type? TransformerOf(Type estimator)
        => estimator.GetInterfaces()
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEstimator<>))?
            .GetGenericArguments()[0];

    private static Type EstimatorOf(Type contract)
    {
        var instance = Activator.CreateInstance(contract)!;
        using var owner = instance as IDisposable;
        const BindingFlags hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        return contract.GetMethod("CreateEstimator", hidden)!.Invoke(instance, [new MLContext(seed: 1)])!.GetType();
    }

    private static void AssertSame(IEnumerable<Type> expected, IEnumerable<Type> actual)
        => Assert.AreEqual(string.Join('\n', expected.Select(type => type.FullName).Order()), string.Join('\n', actual.Select(type => type.FullName).Order()));
}
