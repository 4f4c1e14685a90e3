using IGptMl.Kernels;

namespace IGptMl.Tests.Processes;

/// <summary>Skips tests of kernels on processors that do not support them.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequiresKernelsAttribute : ConditionBaseAttribute
{
    public RequiresKernelsAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "There are no kernels for registers as narrow as this processor's.";

    public override string GroupName => nameof(RequiresKernelsAttribute);

    public override bool IsConditionMet => RegisterWidth.Widest > 0;
}
