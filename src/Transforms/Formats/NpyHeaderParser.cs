using System.Globalization;

namespace IGptMl.Formats;

/// <summary>Reads the Python dictionary of an npy header: {'descr': '&lt;f4', 'fortran_order': False, 'shape': (512, 3), }.</summary>
internal sealed class NpyHeaderParser
{
    private readonly string _text;
    private readonly string _name;
    private int _at;

    private NpyHeaderParser(string text, string name)
    {
        _text = text;
        _name = name;
    }

    /// <summary>Parses a header. <paramref name="name"/> names the file in error messages.</summary>
    /// <exception cref="InvalidDataException">The text is not such a dictionary, or describes a layout that is not supported.</exception>
    public static NpyHeader Parse(string text, string name) => new NpyHeaderParser(text, name).ParseDictionary();

    private NpyHeader ParseDictionary()
    {
        (NpyType Type, bool IsBigEndian)? type = null;
        bool? fortran = null;
        List<long>? shape = null;

        Expect('{');
        while (!TryTake('}'))
        {
            var key = ParseString();
            Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = ParseType();
                    break;
                case "fortran_order" when fortran is null:
                    fortran = ParseBoolean();
                    break;
                case "shape" when shape is null:
                    shape = ParseShape();
                    break;
                default:
                    throw Error($"unexpected or repeated header key '{key}'");
            }

            if (!TryTake(','))
            {
                Expect('}');
                break;
            }
        }

        SkipBlanks();
        if (_at < _text.Length)
        {
            throw Error($"text follows the header's dictionary, at character {_at}");
        }

        if (type is null || fortran is null || shape is null)
        {
            throw Error("the header lacks one of 'descr', 'fortran_order' and 'shape'");
        }

        return new NpyHeader(type.Value.Type, shape, CountElements(shape), fortran.Value, type.Value.IsBigEndian);
    }

    private (NpyType Type, bool IsBigEndian) ParseType()
    {
        SkipBlanks();
        if (_at < _text.Length && _text[_at] == '[')
        {
            throw Error("structured element types are not supported");
        }

        var descriptor = ParseString();
        if (descriptor is ['|', 'O', ..])
        {
            throw Error("the array holds Python objects (object dtype, pickled), which are never loaded");
        }

        // The byte order: little, big, this machine's, or without meaning.
        var order = descriptor is ['<' or '>' or '=' or '|', ..] ? descriptor[0] : '=';
        var type = descriptor[(descriptor.Length > 0 && descriptor[0] == order ? 1 : 0)..] switch
        {
            "f2" => NpyType.Float16,
            "f4" => NpyType.Float32,
            "f8" => NpyType.Float64,
            "u1" or "b1" => NpyType.UInt8,
            "u2" => NpyType.UInt16,
            "u4" => NpyType.UInt32,
            "i1" => NpyType.Int8,
            "i2" => NpyType.Int16,
            "i4" => NpyType.Int32,
            "i8" => NpyType.Int64,
            _ => throw Error($"element type '{descriptor}' is not supported; expected one of f2, f4, f8, u1, u2, u4, i1, i2, i4, i8, b1"),
        };
        return (type, order == '>');
    }

    private bool ParseBoolean()
    {
        SkipBlanks();
        foreach (var value in new[] { true, false })
        {
            var word = value ? "True" : "False";
            if (_text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                return value;
            }
        }

        throw Error("'fortran_order' is neither True nor False");
    }

    private List<long> ParseShape()
    {
        var shape = new List<long>();
        Expect('(');
        while (!TryTake(')'))
        {
            shape.Add(ParseDimension());
            if (!TryTake(','))
            {
                Expect(')');
                break;
            }
        }

        return shape;
    }

    private long ParseDimension()
    {
        SkipBlanks();
        var start = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var dimension))
        {
            throw Error($"expected a dimension from 0 to 2^63-1 at character {start} of the header");
        }

        // Python 2 wrote long integers with the suffix L.
        TryTake('L');
        return dimension;
    }

    private long CountElements(List<long> shape)
    {
        if (shape.Contains(0))
        {
            return 0;
        }

        var count = 1L;
        foreach (var dimension in shape)
        {
            // The size in bytes (at most 8 per element) must fit in 63 bits, too.
            if (count > long.MaxValue / sizeof(long) / dimension)
            {
                throw Error($"shape {NpyHeader.ToText(shape)} is larger than any file");
            }

            count *= dimension;
        }

        return count;
    }

    private string ParseString()
    {
        SkipBlanks();
        if (_at < _text.Length && _text[_at] is '\'' or '"')
        {
            var end = _text.IndexOf(_text[_at], _at + 1);
            if (end > 0)
            {
                var value = _text[(_at + 1)..end];
                _at = end + 1;
                return value;
            }
        }

        throw Error($"expected a quoted string at character {_at} of the header");
    }

    private void Expect(char symbol)
    {
        if (!TryTake(symbol))
        {
            throw Error($"expected '{symbol}' at character {_at} of the header");
        }
    }

    private bool TryTake(char symbol)
    {
        SkipBlanks();
        if (_at >= _text.Length || _text[_at] != symbol)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
        {
            _at++;
        }
    }

    private InvalidDataException Error(string problem) => NpyFormat.Error(_name, problem);
}
