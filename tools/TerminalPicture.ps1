<#
.SYNOPSIS
    Defines functions that run a command in a terminal (tmux), and convert what the terminal shows to SVG.
#>

# The colours of the picture: the 16 of a terminal, the text, and the background.
$script:Palette = '#1b1f24', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#d0d7de', '#8b949e', '#ffa198', '#aff5b4', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#f6f8fa'
$script:Ink = '#d0d7de'
$script:Paper = '#0d1117'

# Get-TerminalColor: returns the colour of a number from 0 to 255, as terminals define it.
function Get-TerminalColor([int] $Number) {
    if ($Number -lt 16) { return $Palette[$Number] }
    if ($Number -ge 232) { return '#{0:x2}{0:x2}{0:x2}' -f (8 + 10 * ($Number - 232)) }
    $steps = 0, 95, 135, 175, 215, 255
    $Number -= 16
    '#{0:x2}{1:x2}{2:x2}' -f $steps[[math]::Floor($Number / 36)], $steps[[math]::Floor($Number / 6) % 6], $steps[$Number % 6]
}

# Set-TerminalStyle: applies the numbers of an escape sequence to a style.
function Set-TerminalStyle([hashtable] $Style, [int[]] $Codes) {
    for ($i = 0; $i -lt $Codes.Count; $i++) {
        $code = $Codes[$i]
        if ($code -eq 0) { $Style.Clear() }
        elseif ($code -eq 1) { $Style.Bold = $true }
        elseif ($code -eq 2) { $Style.Dim = $true }
        elseif ($code -eq 7) { $Style.Invert = $true }
        elseif ($code -eq 22) { $Style.Bold = $Style.Dim = $false }
        elseif ($code -eq 27) { $Style.Invert = $false }
        elseif ($code -in 30..37) { $Style.Ink = $Palette[$code - 30] }
        elseif ($code -in 90..97) { $Style.Ink = $Palette[$code - 82] }
        elseif ($code -eq 39) { $Style.Remove('Ink') }
        elseif ($code -in 40..47) { $Style.Paper = $Palette[$code - 40] }
        elseif ($code -in 100..107) { $Style.Paper = $Palette[$code - 92] }
        elseif ($code -eq 49) { $Style.Remove('Paper') }
        elseif ($code -in 38, 48) {
            $name = $code -eq 38 ? 'Ink' : 'Paper'
            if ($Codes[$i + 1] -eq 5) { $Style[$name] = Get-TerminalColor $Codes[$i + 2]; $i += 2 }
            else { $Style[$name] = '#{0:x2}{1:x2}{2:x2}' -f $Codes[$i + 2], $Codes[$i + 3], $Codes[$i + 4]; $i += 4 }
        }
    }
}

# ConvertTo-TerminalSvg: converts lines with escape sequences to a picture. Each run of one style has its exact width, so that columns align in every font.
function ConvertTo-TerminalSvg {
    param([string[]] $Line, [int] $Width, [string] $Title)
    $cell = 8.4; $row = 19; $margin = 16; $size = 14
    $number = { param($value) $value.ToString('0.##', [cultureinfo]::InvariantCulture) }
    $w = $Width * $cell + 2 * $margin
    $h = $Line.Count * $row + 2 * $margin
    $svg = [Text.StringBuilder]::new()
    $null = $svg.Append("<svg xmlns=`"http://www.w3.org/2000/svg`" viewBox=`"0 0 $(& $number $w) $(& $number $h)`" role=`"img`" font-family=`"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace`" font-size=`"$size`">")
    $null = $svg.Append("<title>$([Security.SecurityElement]::Escape($Title))</title><rect width=`"100%`" height=`"100%`" rx=`"8`" fill=`"$Paper`"/>")
    $style = @{}
    for ($y = 0; $y -lt $Line.Count; $y++) {
        $x = 0
        foreach ($part in [regex]::Matches($Line[$y], '\e\[([\d;]*)m|[^\e]+')) {
            if ($part.Value[0] -eq [char] 27) {
                Set-TerminalStyle $style @($part.Groups[1].Value -split ';' | ForEach-Object { [int] ($_ ? $_ : 0) })
                continue
            }
            $text = $part.Value
            $front = $style['Ink'] ?? $script:Ink
            $back = $style['Paper']
            if ($style['Invert']) { $front, $back = ($back ?? $script:Paper), $front }
            if ($back) { $null = $svg.Append("<rect x=`"$(& $number ($margin + $x * $cell))`" y=`"$($margin + $y * $row)`" width=`"$(& $number ($text.Length * $cell))`" height=`"$row`" fill=`"$back`"/>") }
            # Blanks at the ends need no text, and would be collapsed.
            $start = $text.Length - $text.TrimStart().Length
            $shown = $text.Trim()
            if ($shown) {
                $attributes = "x=`"$(& $number ($margin + ($x + $start) * $cell))`" y=`"$($margin + $y * $row + 14)`" textLength=`"$(& $number ($shown.Length * $cell))`" fill=`"$front`""
                if ($style['Bold']) { $attributes += ' font-weight="bold"' }
                if ($style['Dim']) { $attributes += ' opacity="0.7"' }
                $null = $svg.Append("<text $attributes xml:space=`"preserve`">$([Security.SecurityElement]::Escape($shown))</text>")
            }
            $x += $text.Length
        }
    }
    $svg.Append('</svg>').ToString()
}

# Start-Terminal: starts a program in a terminal of its own. End it with Stop-Terminal.
function Start-Terminal {
    param([string[]] $Command, [int] $Width, [int] $Height, [hashtable] $Environment = @{})
    $socket = "pulserun-picture-$PID-$([guid]::NewGuid().ToString('n').Substring(0, 6))"
    $variables = $Environment.GetEnumerator() | ForEach-Object { '-e', "$($_.Key)=$($_.Value)" }
    $words = $Command | ForEach-Object { "'$_'" } | Join-String -Separator ' '
    tmux -L $socket -f /dev/null -u new-session -d -s picture -x $Width -y $Height @variables $words
    [pscustomobject]@{ Socket = $socket; Width = $Width; Height = $Height }
}

function Stop-Terminal($Terminal) { tmux -L $Terminal.Socket kill-server 2>&1 | Out-Null }

# Send-Terminal: presses keys, as tmux names them.
function Send-Terminal($Terminal, [string[]] $Keys) { tmux -L $Terminal.Socket send-keys -t picture @Keys }

# Get-Terminal: returns the lines of the terminal, with their styles.
function Get-Terminal($Terminal, [switch] $Plain) { @(tmux -L $Terminal.Socket capture-pane -p @($Plain ? @() : @('-e')) -t picture) }

# Wait-Terminal: waits until the terminal shows a text, at most a minute.
function Wait-Terminal($Terminal, [string] $Pattern) {
    $limit = [Diagnostics.Stopwatch]::StartNew()
    while ((Get-Terminal $Terminal -Plain) -join "`n" -notmatch $Pattern) {
        if ($limit.Elapsed.TotalSeconds -gt 60) { throw "The terminal does not show '$Pattern' but:`n$((Get-Terminal $Terminal -Plain) -join "`n")" }
        Start-Sleep -Milliseconds 100
    }
}

# Save-Terminal: saves what the terminal shows as SVG, without the empty lines at its end.
function Save-Terminal($Terminal, [string] $Path, [string] $Title) {
    $lines = @(Get-Terminal $Terminal)
    $last = $lines.Count
    while ($last -gt 1 -and -not ($lines[$last - 1] -replace '\e\[[\d;]*m').Trim()) { $last-- }
    Set-Content $Path (ConvertTo-TerminalSvg ($lines | Select-Object -First $last) $Terminal.Width $Title)
}
