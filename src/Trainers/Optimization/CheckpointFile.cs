using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using IGptMl.Formats;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>
/// A training checkpoint: one safetensors file with the weights under their own names, the optimizer's moments, the run's attachments, and the run's state as
/// JSON in the metadata. Its last tensor is the SHA-256 of all bytes before it.
/// </summary>
internal static class CheckpointFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonReflection.Resolver,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="stream">An empty file.</param>
    /// <param name="state">The run's state.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="optimizer">The state of the optimizer; empty for weights alone.</param>
    /// <param name="attachments">Further arrays of the run, by name.</param>
    internal static void Write(
        Stream stream,
        RunState state,
        FlatParameters parameters,
        IReadOnlyList<OptimizerBuffer> optimizer,
        IReadOnlyDictionary<string, float[]> attachments)
    {
        IReadOnlyList<OptimizerBuffer> buffers = [WeightsOf(parameters), .. optimizer];
        List<WeightInfo> arrays =
        [
            .. buffers.SelectMany(buffer
                => parameters.PlacesOf(buffer).Select(place => new WeightInfo(PrefixOf(buffer) + place.Name, WeightType.Float32, place.Shape))),
            .. attachments.Select(a => new WeightInfo(a.Key, WeightType.Float32, [a.Value.Length])),
            new WeightInfo(CheckpointFormat.DigestName, WeightType.UInt8, [SHA256.HashSizeInBytes]),
        ];
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            var metadata = new Dictionary<string, string> { [CheckpointFormat.StateKey] = JsonReflection.Write(state, Json) };
            var writer = new SafetensorsWriter(hashing, arrays, metadata);
            foreach (var buffer in buffers)
            {
                using var host = buffer.Values.cpu();
                foreach (var (name, _) in parameters.PlacesOf(buffer))
                {
                    using var view = parameters.View(host, name, buffer.Start);
                    writer.Write(PrefixOf(buffer) + name, MemoryMarshal.Cast<byte, float>(view.bytes));
                }
            }

            foreach (var (name, values) in attachments)
            {
                writer.Write(name, values);
            }
        }

        stream.Write(hash.Hash);
    }

    /// <summary>Verifies a checkpoint's checksum, and reads its state.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or is not a checkpoint.</exception>
    internal static RunState Check(string path)
    {
        using (var file = File.OpenRead(path))
        {
            CheckpointFormat.CheckDigest(file, path);
        }

        using var reader = SafetensorsReader.OpenFile(path);
        try
        {
            var json = reader.Metadata.GetValueOrDefault(CheckpointFormat.StateKey) ?? "null";
            var state = JsonReflection.Read<RunState>(json, Json) ?? throw new JsonException("no state");
            return state with { Run = RunSettings.Update(state.Run) };
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not a training checkpoint of this version: {e.Message}", e);
        }
    }

    /// <summary>The state that rank 0 has, on all ranks.</summary>
    internal static RunState? Share(RunState? state, RankGroup ranks)
        => ranks.Count == 1 ? state : JsonReflection.Read<RunState>(ranks.Broadcast(state is null ? "null" : JsonReflection.Write(state, Json)), Json);

    /// <summary>Reads the weights and the given state of the optimizer from a verified checkpoint.</summary>
    /// <exception cref="InvalidDataException">They belong to another network.</exception>
    internal static void Read(string path, FlatParameters parameters, IReadOnlyList<OptimizerBuffer> optimizer)
    {
        using var noGradients = torch.no_grad();
        using var reader = SafetensorsReader.OpenFile(path);
        foreach (var buffer in optimizer.Prepend(WeightsOf(parameters)))
        {
            var prefix = PrefixOf(buffer);
            using var host = torch.zeros(buffer.Values.shape);
            foreach (var (name, shape) in parameters.PlacesOf(buffer))
            {
                if (!reader.TryFind(prefix + name, out var found) || !found.HasShape(shape))
                {
                    throw new InvalidDataException($"'{path}' holds no '{prefix}{name}' of the shape [{string.Join(", ", shape)}].");
                }

                using var view = parameters.View(host, name, buffer.Start);
                reader.ReadFloat32(prefix + name, MemoryMarshal.Cast<byte, float>(view.bytes));
            }

            buffer.Values.copy_(host);
        }

        parameters.Update();
    }

    private static OptimizerBuffer WeightsOf(FlatParameters parameters) => new(string.Empty, parameters.Values, 0);

    private static string PrefixOf(OptimizerBuffer buffer) => buffer.Name.Length == 0 ? string.Empty : $"{CheckpointFormat.OptimizerPrefix}{buffer.Name}.";
}
