namespace IGptMl.Formats;

/// <summary>
/// Reads one pickle (Python's object format, protocols 2 and 3) as far as PyTorch state dicts need it. A pickle is a program; this machine supports only
/// the instructions that build plain values, and the names of <see cref="PyTorchGlobals"/>. Values are long, double, bool, string, null, object?[]
/// (a tuple), List (a list), <see cref="PickleDictionary"/>, <see cref="PickleGlobal"/>, <see cref="PyTorchStorage"/> and <see cref="PyTorchTensor"/>.
/// </summary>
internal sealed class PickleMachine
{
    private static readonly object Mark = new();

    private readonly PickleInput _input;
    private readonly string _source;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];

    private PickleMachine(Stream stream, string source)
    {
        _input = new PickleInput(stream, source);
        _source = source;
    }

    /// <summary>Reads the pickle at the seekable stream's position, and leaves the stream at the first byte after it.</summary>
    /// <exception cref="InvalidDataException">The pickle is damaged, or uses an instruction or a name that state dicts do not need.</exception>
    public static object? Read(Stream stream, string source) => new PickleMachine(stream, source).Run();

    private object? Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)_input.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                var result = Pop();
                return _stack.Count == 0 ? result : throw Damaged("values remain on the stack at its end");
            }

            Execute(opcode);
        }
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                var protocol = _input.ReadByte();
                _ = protocol is 2 or 3 ? protocol : throw new InvalidDataException($"{_source}: the pickle has protocol {protocol}; expected 2 or 3.");
                break;
            case PickleOpcode.Mark:
                _stack.Add(Mark);
                break;
            case PickleOpcode.None:
                _stack.Add(null);
                break;
            case PickleOpcode.Newtrue:
                _stack.Add(true);
                break;
            case PickleOpcode.Newfalse:
                _stack.Add(false);
                break;
            case PickleOpcode.Binint:
                _stack.Add((long)(int)_input.ReadUInt32());
                break;
            case PickleOpcode.Binint1:
                _stack.Add((long)_input.ReadByte());
                break;
            case PickleOpcode.Binint2:
                _stack.Add((long)_input.ReadUInt16());
                break;
            case PickleOpcode.Long1:
                _stack.Add(_input.ReadInteger(_input.ReadByte()));
                break;
            case PickleOpcode.Binfloat:
                _stack.Add(_input.ReadDouble());
                break;
            case PickleOpcode.Binunicode:
                _stack.Add(_input.ReadText(_input.ReadUInt32()));
                break;
            case PickleOpcode.ShortBinstring:
                _stack.Add(_input.ReadText(_input.ReadByte()));
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1:
                _stack.Add(PopMany(_stack.Count - 1));
                break;
            case PickleOpcode.Tuple2:
                _stack.Add(PopMany(_stack.Count - 2));
                break;
            case PickleOpcode.Tuple3:
                _stack.Add(PopMany(_stack.Count - 3));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(PopToMark());
                break;
            case PickleOpcode.EmptyList:
                _stack.Add(new List<object?>(0));
                break;
            case PickleOpcode.Append:
                var item = Pop();
                Peek<List<object?>>().Add(item);
                break;
            case PickleOpcode.Appends:
                var items = PopToMark();
                Peek<List<object?>>().AddRange(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickleDictionary());
                break;
            case PickleOpcode.Setitem:
                SetItems(PopMany(_stack.Count - 2));
                break;
            case PickleOpcode.Setitems:
                SetItems(PopToMark());
                break;
            case PickleOpcode.Binput:
                _memo[_input.ReadByte()] = Peek();
                break;
            case PickleOpcode.LongBinput:
                _memo[_input.ReadUInt32()] = Peek();
                break;
            case PickleOpcode.Binget:
                _stack.Add(Recall(_input.ReadByte()));
                break;
            case PickleOpcode.LongBinget:
                _stack.Add(Recall(_input.ReadUInt32()));
                break;
            case PickleOpcode.Global:
                _stack.Add(PyTorchGlobals.Check(new PickleGlobal(_input.ReadLine(), _input.ReadLine()), _source));
                break;
            case PickleOpcode.Reduce:
                var arguments = Pop<object?[]>();
                _stack.Add(PyTorchGlobals.Call(Pop<PickleGlobal>(), arguments, _source));
                break;
            case PickleOpcode.Build:
                // The attributes of a dictionary: the versions of its modules, which do not affect the tensors.
                Pop<PickleDictionary>();
                Peek<PickleDictionary>();
                break;
            case PickleOpcode.Binpersid:
                _stack.Add(PyTorchGlobals.FindStorage(Pop(), _source));
                break;
            default:
                var name = Enum.IsDefined(opcode) ? opcode.ToString() : "unknown";
                throw new InvalidDataException(
                    $"{_source}: the pickle has the instruction 0x{(byte)opcode:X2} ({name}), which a state dict does not need; nothing of it was run.");
        }
    }

    private void SetItems(object?[] items)
    {
        var dictionary = Peek<PickleDictionary>();
        if (items.Length % 2 != 0)
        {
            throw Damaged("a key has no value");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private T Pop<T>() => Pop() is T value ? value : throw Damaged($"expected {typeof(T).Name} on top of the stack");

    private object? Peek() =>
        _stack.Count > 0 && _stack[^1] != Mark ? _stack[^1] : throw Damaged("a value is needed, but the stack is empty");

    private T Peek<T>() => Peek() is T value ? value : throw Damaged($"expected {typeof(T).Name} on top of the stack");

    private object?[] PopToMark()
    {
        var start = _stack.LastIndexOf(Mark);
        var items = PopMany(start < 0 ? throw Damaged("a mark is missing") : start + 1);
        _stack.RemoveAt(start);
        return items;
    }

    private object?[] PopMany(int start)
    {
        if (start < 0 || _stack.IndexOf(Mark, start) >= 0)
        {
            throw Damaged("a value is needed, but the stack is empty");
        }

        var items = _stack.GetRange(start, _stack.Count - start).ToArray();
        _stack.RemoveRange(start, items.Length);
        return items;
    }

    private object? Recall(uint index) => _memo.TryGetValue(index, out var value) ? value : throw Damaged($"value {index} is recalled before it is stored");

    private InvalidDataException Damaged(string how) => _input.Damaged(how);
}
