namespace IGptMl.Tests.Processes;

/// <summary>
/// Marks tests of code that depends on the width of the machine's vector registers. <see cref="EveryRegisterWidthTests"/> runs them again in processes that
/// have narrower registers, so that every width, and libtorch as the fallback without kernels, is compared with the same values on one machine.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class EveryRegisterWidthAttribute : TestCategoryBaseAttribute
{
    public const string Category = "EveryRegisterWidth";

    public override IList<string> TestCategories => [Category];
}
