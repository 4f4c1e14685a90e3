namespace IGptMl.Kernels;

/// <summary>A function that is written once for all register widths.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
internal interface IRegisterFunction<out TResult>
{
    /// <summary>Runs the function for one register width.</summary>
    TResult Invoke<TLanes, TVector>()
        where TLanes : ILanes<TVector>
        where TVector : struct;
}
