namespace IGptMl.Formats;

/// <summary>The tensors of an unpickled state dict, checked against the file's length.</summary>
internal static class PyTorchStateDict
{
    /// <summary>Checks that the object is a state dict, a dictionary of names and tensors.</summary>
    /// <exception cref="InvalidDataException">It is another object, or a tensor extends past its storage.</exception>
    public static List<(WeightInfo Info, PyTorchTensor Tensor)> Check(object? root, long fileLength, string source)
    {
        if (root is not PickleDictionary dictionary)
        {
            throw new InvalidDataException($"{source}: expected a state dict (names with tensors) at the top, found {Describe(root)}.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<(WeightInfo, PyTorchTensor)>();
        foreach (var (key, value) in dictionary.Entries)
        {
            if (key is not string name)
            {
                throw new InvalidDataException($"{source}: expected a state dict (names with tensors) at the top, found {Describe(key)} as a name.");
            }

            if (value is not PyTorchTensor tensor)
            {
                throw new InvalidDataException($"{source}: expected a state dict (names with tensors) at the top; '{name}' is {Describe(value)}.");
            }

            if (!names.Add(name))
            {
                throw new InvalidDataException($"{source}: the state dict names '{name}' twice.");
            }

            tensors.Add((CheckTensor(name, tensor, fileLength, source), tensor));
        }

        return tensors;
    }

    private static WeightInfo CheckTensor(string name, PyTorchTensor tensor, long fileLength, string source)
    {
        var size = WeightTypes.SizeOf(tensor.Storage.Type);
        if (!WeightInfo.TryCount(tensor.Shape, size, out var count))
        {
            throw new InvalidDataException($"{source}: tensor '{name}' has the invalid shape [{string.Join(", ", tensor.Shape)}].");
        }

        // A view with strides of 0 repeats elements, so its shape can claim more memory than it stores: the file's own length is the limit.
        if (count * size > fileLength)
        {
            throw new InvalidDataException($"{source}: tensor '{name}' claims {count} elements, more than the whole file holds.");
        }

        if (count > 0 && !tensor.TryFindLast(out _))
        {
            throw new InvalidDataException(
                $"{source}: tensor '{name}' (offset {tensor.Offset}, shape [{string.Join(", ", tensor.Shape)}], strides [{string.Join(", ", tensor.Strides)}]) "
                + $"extends past its storage of {tensor.Storage.Count} elements.");
        }

        return new WeightInfo(name, tensor.Storage.Type, tensor.Shape);
    }

    private static string Describe(object? value) => value switch
    {
        null => "None",
        long or bool or double => "a number",
        string => "text",
        object?[] => "a tuple",
        List<object?> => "a list",
        PickleDictionary => "a dictionary",
        PyTorchTensor => "a tensor",
        PyTorchStorage => "a storage",
        _ => "a name",
    };
}
