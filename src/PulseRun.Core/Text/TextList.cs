using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace PulseRun.Core.Text;

/// <summary>A list that is its items as text, so that Export-Csv, which writes the text of a value, does not write the name of a type.</summary>
internal sealed class TextList<T> : ReadOnlyCollection<T>
{
    private TextList(IList<T> items)
        : base(items)
    {
    }

    public static TextList<T> None { get; } = new([]);

    /// <summary>Returns the items as such a list; the same object when it is one.</summary>
    public static TextList<T> Of(IReadOnlyList<T>? items) => items switch
    {
        null => None,
        TextList<T> same => same,
        { Count: 0 } => None,
        IList<T> list => new TextList<T>(list),
        _ => new TextList<T>(items.ToList()),
    };

    /// <summary>Returns the items, separated by spaces.</summary>
    public override string ToString() => string.Join(" ", this.Select(static item => Row.Text(item)));
}
