using IGptMl.Batches;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>The rows of a token file.</summary>
/// <param name="path">The file, which stays mapped while the source is in use.</param>
internal sealed class TokenFileSource(string path) : RowSource
{
    private readonly TokenFile _file = TokenFile.Open(path);

    /// <inheritdoc/>
    public override int Count => _file.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.Description.ClassNames ?? [Path.GetFileNameWithoutExtension(path)];

    /// <inheritdoc/>
    public override string Identity => FileIdentity.Of([(Path.GetFileName(path), path)]);

    /// <inheritdoc/>
    public override DataViewSchema.DetachedColumn Content
    {
        get
        {
            var (colors, context) = (_file.Header.Colors, _file.Header.ContextLength);
            var side = (int)Math.Round(Math.Sqrt(context));
            return _file.Description.Palette is { } palette && side * side == context
                ? QuantizedColumn.Create(SourceDataView.TokensColumn, palette, side, _file.Description.Cropping)
                : new DataViewSchema.DetachedColumn(SourceDataView.TokensColumn, new VectorDataViewType(new KeyDataViewType(typeof(ushort), colors), context));
        }
    }

    /// <inheritdoc/>
    public override ContentGetter OpenContent(SourceCursor cursor) => new TokenGetter(_file, cursor);

    /// <inheritdoc/>
    public override int ReadLabel(int index) => _file.Header.IsLabeled ? _file.LabelOf(index) : NoLabel;

    /// <inheritdoc/>
    public override string ReadName(int index) => $"{Path.GetFileName(path)}#{index}";

    private sealed class TokenGetter(TokenFile file, SourceCursor cursor) : ContentGetter
    {
        /// <inheritdoc/>
        public override Delegate Getter => (ValueGetter<VBuffer<ushort>>)Get;

        private void Get(ref VBuffer<ushort> value)
        {
            var tokens = file[cursor.Row];
            var editor = VBufferEditor.Create(ref value, tokens.Length);
            for (var i = 0; i < tokens.Length; i++)
            {
                editor.Values[i] = unchecked((ushort)(tokens[i] + 1)); // keys are 1-based; a missing token becomes 0
            }

            value = editor.Commit();
        }
    }
}
