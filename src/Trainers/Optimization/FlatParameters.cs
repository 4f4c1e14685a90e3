using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>
/// All parameters of a module in one contiguous buffer, and their gradients in another, with the module's tensors as views of them. An operation on all
/// parameters is then one pass over memory.
/// </summary>
/// <remarks>
/// Matrices come first, then vectors, each in the module's order; every tensor is aligned to a cache line. If the module computes in another type than float32,
/// it gets a second pair of buffers of that type, and <see cref="Values"/> and <see cref="Gradients"/> stay float32.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    /// <summary>The number of float32 values in a cache line.</summary>
    private const long Alignment = 16;

    private readonly torch.nn.Module _module;
    private readonly List<(string Name, long Start, long[] Shape)> _places = [];
    private readonly torch.Tensor? _computed;
    private readonly torch.Tensor? _computedGradients;

    /// <summary>Moves the parameters of a float32 module into a buffer on their device, and converts the module to the type that it computes in.</summary>
    internal FlatParameters(torch.nn.Module module, torch.ScalarType computeType = torch.ScalarType.Float32)
    {
        _module = module;
        using var noGradients = torch.no_grad();
        var parameters = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, parameter) in parameters.OrderBy(p => p.Value.dim() < 2))
        {
            _places.Add((name, Count, parameter.shape));
            Count += (parameter.numel() + Alignment - 1) / Alignment * Alignment;
            MatrixCount = parameter.dim() < 2 ? MatrixCount : Count;
        }

        var device = parameters.Values.First().device;
        Values = torch.zeros(Count, torch.ScalarType.Float32, device).DetachFromDisposeScope();
        Gradients = torch.zeros(Count, torch.ScalarType.Float32, device).DetachFromDisposeScope();
        foreach (var place in _places)
        {
            using var view = View(Values, place);
            view.copy_(parameters[place.Name]);
        }

        if (computeType == torch.ScalarType.Float32)
        {
            Bind(Values, Gradients);
            return;
        }

        module.to(computeType);
        _computed = torch.zeros(Count, computeType, device).DetachFromDisposeScope();
        _computedGradients = torch.zeros(Count, computeType, device).DetachFromDisposeScope();
        Bind(_computed, _computedGradients);
        Update();
    }

    /// <summary>The length of the buffers.</summary>
    internal long Count { get; }

    /// <summary>The length of the part with the matrices; the vectors follow it.</summary>
    internal long MatrixCount { get; }

    /// <summary>The parameters, (<see cref="Count"/>) float32.</summary>
    internal torch.Tensor Values { get; }

    /// <summary>The accumulated gradients, (<see cref="Count"/>) float32.</summary>
    internal torch.Tensor Gradients { get; }

    /// <summary>The parameters' names and shapes, in buffer order.</summary>
    internal IEnumerable<(string Name, long[] Shape)> Places => _places.Select(place => (place.Name, place.Shape));

    /// <summary>A view of a parameter's part of a buffer of length <see cref="Count"/>; the caller disposes it.</summary>
    internal torch.Tensor View(torch.Tensor buffer, string name) => View(buffer, _places.Find(place => place.Name == name));

    /// <summary>Adds the module's new gradients to <see cref="Gradients"/>, if the module has buffers of another type.</summary>
    internal void Collect()
    {
        if (_computedGradients is not null)
        {
            using var noGradients = torch.no_grad();
            Gradients.add_(_computedGradients, Scalars.One);
            _computedGradients.fill_(Scalars.Zero);
        }
    }

    /// <summary>Copies <see cref="Values"/> to the module, if it has buffers of another type.</summary>
    internal void Update()
    {
        if (_computed is not null)
        {
            using var noGradients = torch.no_grad();
            _computed.copy_(Values);
        }
    }

    /// <summary>Converts the module back to float32 parameters, without gradients.</summary>
    public void Dispose()
    {
        using var noGradients = torch.no_grad();
        foreach (var (_, parameter) in _module.named_parameters())
        {
            parameter.grad = null;
        }

        if (_computed is not null)
        {
            _module.to(torch.ScalarType.Float32);
            Bind(Values, null);
            _computed.Dispose();
            _computedGradients!.Dispose();
        }

        Values.Dispose(); // the views in the module keep the memory alive
        Gradients.Dispose();
    }

    private static torch.Tensor View(torch.Tensor buffer, (string Name, long Start, long[] Shape) place)
    {
        using var part = buffer.narrow(0, place.Start, place.Shape.Aggregate(1L, (product, size) => product * size));
        return part.view(place.Shape);
    }

    private void Bind(torch.Tensor values, torch.Tensor? gradients)
    {
        var parameters = _module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var place in _places)
        {
            var parameter = parameters[place.Name];
            using var view = View(values, place);
            parameter.set_(view);
            if (gradients is not null)
            {
                using var gradient = View(gradients, place);
                parameter.grad = gradient;
            }
        }
    }
}
