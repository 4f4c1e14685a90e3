using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace IGptMl.Caching;

/// <summary>Features on disk, one file per layer.</summary>
/// <remarks>
/// The file: the eight bytes "IGPTFEA1", the length of the key as int32 and the key as UTF-8, rows and width as int32, rows · width float32, and the SHA-256
/// of all these bytes. All values are little-endian. The file includes the key, so that a copied or renamed file is detected.
/// </remarks>
internal static class FeatureCache
{
    private const string Ending = ".features";
    private const int GreatestKey = 1 << 20;

    private static readonly byte[] Magic = "IGPTFEA1"u8.ToArray();

    /// <summary>Reads the features with this key, row-major; null if the file is missing, incomplete or damaged.</summary>
    internal static float[]? TryRead(CacheFolder folder, CacheKey key, int rows, int width)
        => folder.TryRead(key.FileName + Ending, stream => Read(stream, key, rows, width));

    /// <summary>Writes features, if possible.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="key">The key of the features.</param>
    /// <param name="features">The features, row-major.</param>
    /// <param name="width">The length of a row.</param>
    internal static void TryWrite(CacheFolder folder, CacheKey key, ReadOnlyMemory<float> features, int width)
        => folder.TryWrite(key.FileName + Ending, stream => Write(stream, key, features.Span, width));

    private static void Write(Stream stream, CacheKey key, ReadOnlySpan<float> features, int width)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(Magic);
        var text = Encoding.UTF8.GetBytes(key.Text);
        AppendNumber(text.Length);
        Append(text);
        AppendNumber(features.Length / width);
        AppendNumber(width);
        Append(MemoryMarshal.AsBytes(features));
        stream.Write(hash.GetHashAndReset());

        void Append(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            stream.Write(bytes);
        }

        void AppendNumber(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            Append(bytes);
        }
    }

    private static float[] Read(Stream stream, CacheKey key, int rows, int width)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (!ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw new InvalidDataException("It is not a feature file.");
        }

        var length = ReadNumber();
        if (length is < 0 or > GreatestKey || Encoding.UTF8.GetString(ReadBytes(length)) != key.Text)
        {
            throw new InvalidDataException("It contains the features of another model, layer or data.");
        }

        if (ReadNumber() != rows || ReadNumber() != width)
        {
            throw new InvalidDataException($"It does not contain {rows} rows of {width} features.");
        }

        var features = new float[checked(rows * width)];
        Fill(MemoryMarshal.AsBytes(features.AsSpan()));
        var expected = hash.GetHashAndReset();
        var found = new byte[expected.Length];
        var isWhole = stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && stream.ReadByte() < 0;
        return isWhole && found.AsSpan().SequenceEqual(expected)
            ? features
            : throw new InvalidDataException("Its checksum is wrong.");

        byte[] ReadBytes(int count)
        {
            var bytes = new byte[count];
            Fill(bytes);
            return bytes;
        }

        int ReadNumber() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int)));

        void Fill(Span<byte> bytes)
        {
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw new InvalidDataException("It is truncated.");
            }

            hash.AppendData(bytes);
        }
    }
}
