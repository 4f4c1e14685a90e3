using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>Code that is written once for all widths of registers.</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
internal interface IRegisterFunction<out TResult>
{
    /// <summary>Runs with registers of one width.</summary>
    TResult Invoke<TLanes, TVector>()
        where TLanes : ILanes<TVector>
        where TVector : struct;
}
