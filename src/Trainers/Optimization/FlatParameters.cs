using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>
/// All parameters of a module in one contiguous buffer, and their gradients in another, with the module's tensors as views of them. An operation on all
/// parameters is then one pass over memory.
/// </summary>
/// <remarks>
/// Hidden matrices come first, then other matrices, then vectors, each in the module's order; every tensor is aligned to a cache line.
/// If the module computes in another type than float32, it gets a second pair of buffers of that type, and <see cref="Values"/> and
/// <see cref="Gradients"/> stay float32.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    /// <summary>The number of float32 values in a cache line.</summary>
    private const long Alignment = 16;

    /// <summary>The number of gradients that a thread adds up at once; the result must not depend on the number of threads.</summary>
    private const long NormPiece = 1 << 18;

    private readonly torch.nn.Module _module;
    private readonly List<(string Name, long Start, long[] Shape)> _places = [];
    private readonly List<HiddenMatrix> _hidden = [];
    private readonly torch.Tensor? _computed;
    private readonly torch.Tensor? _computedGradients;

    /// <summary>Moves the parameters of a float32 module into a buffer on their device, and converts the module to the type that it computes in.</summary>
    /// <param name="module">The module; the caller still owns it.</param>
    /// <param name="computeType">The type that the module computes in.</param>
    /// <param name="hidden">The number of hidden matrices side by side in a parameter of this name, 0 if it is none; null means that there are none.</param>
    internal FlatParameters(torch.nn.Module module, torch.ScalarType computeType = torch.ScalarType.Float32, Func<string, int>? hidden = null)
    {
        _module = module;
        using var noGradients = torch.no_grad();
        var parameters = module.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (name, parameter) in parameters.OrderBy(p => p.Value.dim() < 2).ThenByDescending(p => hidden?.Invoke(p.Key) > 0))
        {
            _places.Add((name, Count, parameter.shape));
            if (hidden?.Invoke(name) is > 0 and var parts)
            {
                _hidden.Add(new HiddenMatrix(Count, parameter.shape[0], parameter.shape[1], parts));
                HiddenCount = Count + ((parameter.numel() + Alignment - 1) / Alignment * Alignment);
            }

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

    /// <summary>The length of the part with the hidden matrices, at the beginning.</summary>
    internal long HiddenCount { get; }

    /// <summary>The hidden matrices, in buffer order.</summary>
    internal IReadOnlyList<HiddenMatrix> HiddenMatrices => _hidden;

    /// <summary>The length of the part with all matrices; the vectors follow it.</summary>
    internal long MatrixCount { get; }

    /// <summary>The parameters, (<see cref="Count"/>) float32.</summary>
    internal torch.Tensor Values { get; }

    /// <summary>The accumulated gradients, (<see cref="Count"/>) float32.</summary>
    internal torch.Tensor Gradients { get; }

    /// <summary>The parameters' names and shapes, in buffer order.</summary>
    internal IEnumerable<(string Name, long[] Shape)> Places => _places.Select(place => (place.Name, place.Shape));

    /// <summary>The names and shapes of the parameters for which an optimizer keeps that buffer.</summary>
    internal IEnumerable<(string Name, long[] Shape)> PlacesOf(OptimizerBuffer buffer) => _places
        .Where(place => place.Start >= buffer.Start && place.Start < buffer.Start + buffer.Values.numel())
        .Select(place => (place.Name, place.Shape));

    /// <summary>A view of a parameter's part of a buffer that begins at a position of <see cref="Values"/>; the caller disposes it.</summary>
    internal torch.Tensor View(torch.Tensor buffer, string name, long start = 0)
    {
        var place = _places.Find(place => place.Name == name);
        return View(buffer, (place.Name, place.Start - start, place.Shape));
    }

    /// <summary>The SHA-256 of <see cref="Values"/>.</summary>
    internal string Checksum()
    {
        using var host = Values.cpu();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long done = 0; done < Count; done += NormPiece)
        {
            using var piece = host.narrow(0, done, Math.Min(NormPiece, Count - done)); // spans have at most 2 GB
            hash.AppendData(piece.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The Euclidean norm of <see cref="Gradients"/>; NaN or infinite if one of them is.</summary>
    internal double GradientNorm()
    {
        if (Gradients.device_type != DeviceType.CPU)
        {
            using var norm = Gradients.norm();
            return norm.item<float>();
        }

        var sums = new double[(Count + NormPiece - 1) / NormPiece];
        Parallel.For(0, sums.Length, i =>
        {
            using var piece = Gradients.narrow(0, i * NormPiece, Math.Min(NormPiece, Count - (i * NormPiece)));
            sums[i] = TensorPrimitives.SumOfSquares(MemoryMarshal.Cast<byte, float>(piece.bytes));
        });
        return Math.Sqrt(TensorPrimitives.Sum<double>(sums));
    }

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
