"""More than a hundred films, each of a make that phones, cameras, editors or the web send."""

from tests.videos.drawing import (
    AAC,
    AV1,
    BT601_TAGS,
    BT709_TAGS,
    HEVC,
    HLG,
    HLG_TAGS,
    LINEAR,
    PQ,
    PQ_TAGS,
    SDR_2020,
    TV601,
    TV709,
    VP8,
    VP9,
    X264,
    Film,
)

FILMS: dict[str, Film] = {
    # Containers
    "mp4": Film("a.mp4"),
    "mp4 with its index in front": Film("a.mp4", options=f"{X264} {AAC} -movflags +faststart"),
    "quicktime": Film("a.mov"),
    "m4v": Film("a.m4v"),
    "3gp": Film(
        "a.3gp", options="-c:v libx264 -preset ultrafast -profile:v baseline -c:a aac -ac 1"
    ),
    "matroska": Film("a.mkv"),
    "matroska, live, no length": Film("a.mkv", options=f"{X264} {AAC} -live 1"),
    "webm, live, no length": Film("a.webm", options=f"{VP8} -c:a libopus -live 1"),
    "avi": Film("a.avi", options="-c:v mpeg4 -q:v 2 -c:a libmp3lame"),
    "avi with h264": Film("a.avi", options=f"{X264} -bf 0 -c:a libmp3lame"),
    "transport stream": Film("a.ts"),
    "m2ts": Film("a.m2ts", options=f"{X264} -c:a ac3"),
    "fragmented": Film("a.mp4", options=f"{X264} {AAC} -g 10 -movflags +frag_keyframe+empty_moov"),
    "fragmented, default base": Film(
        "a.mp4", options=f"{X264} {AAC} -g 10 -movflags +frag_keyframe+empty_moov+default_base_moof"
    ),
    "cmaf": Film("a.mp4", options=f"{X264} {AAC} -g 15 -movflags +cmaf+frag_keyframe"),
    "with a fragment index": Film(
        "a.mp4",
        options=f"{X264} {AAC} -movflags +frag_keyframe+empty_moov+default_base_moof+global_sidx",
    ),
    # Codecs of the picture
    "hevc": Film("a.mp4", options=f"{HEVC} -tag:v hvc1 {AAC}"),
    "hevc by its other name": Film("a.mp4", options=f"{HEVC} -tag:v hev1 {AAC}"),
    "hevc 10-bit": Film("a.mov", options=f"{HEVC} -pix_fmt yuv420p10le -tag:v hvc1 {AAC}"),
    "hevc 4:2:2 10-bit": Film("a.mov", options=f"{HEVC} -pix_fmt yuv422p10le -tag:v hvc1 {AAC}"),
    "hdr10": Film(
        "a.mp4",
        picture=PQ,
        tint=60,
        options=f"{HEVC} -pix_fmt yuv420p10le -tag:v hvc1 {PQ_TAGS} {AAC}",
    ),
    "hlg": Film(
        "a.mov",
        picture=HLG,
        tint=60,
        options=f"{HEVC} -pix_fmt yuv420p10le -tag:v hvc1 {HLG_TAGS} {AAC}",
    ),
    "dolby vision 8.4": Film(
        "a.mov",
        picture=HLG,
        options=f"{HEVC} -tag:v hvc1 -pix_fmt yuv420p10le {HLG_TAGS} {AAC}",
        dolby=True,
        tint=60,
    ),
    "hdr10 in av1": Film(
        "a.mp4", picture=PQ, tint=60, options=f"{AV1} -pix_fmt yuv420p10le {PQ_TAGS} {AAC}"
    ),
    "hlg in vp9": Film(
        "a.webm",
        picture=HLG,
        tint=60,
        options=f"{VP9} -pix_fmt yuv420p10le {HLG_TAGS} -c:a libopus",
    ),
    "av1": Film("a.mp4", options=f"{AV1} {AAC}"),
    "av1 10-bit in webm": Film("a.webm", options=f"{AV1} -pix_fmt yuv420p10le -c:a libopus"),
    "vp8": Film("a.webm", options=f"{VP8} -c:a libvorbis"),
    "vp9": Film("a.webm", options=f"{VP9} -c:a libopus"),
    "vp9 10-bit": Film("a.webm", options=f"{VP9} -pix_fmt yuv420p10le -c:a libopus"),
    "vp9 4:4:4 in mp4": Film("a.mp4", options=f"{VP9} -pix_fmt yuv444p {AAC}"),
    "mpeg-2": Film("a.ts", options="-c:v mpeg2video -q:v 2 -c:a mp2", rate="25", length=1.2),
    "mpeg-2 in matroska": Film("a.mkv", options="-c:v mpeg2video -q:v 2 -c:a ac3"),
    "mpeg-4 part 2": Film("a.mp4", options=f"-c:v mpeg4 -q:v 2 -bf 2 {AAC}"),
    "h263": Film(
        "a.3gp",
        size=(176, 144),
        shown=(176, 144),
        tint=20,
        options="-c:v h263 -q:v 3 -c:a aac -ac 1",
    ),
    "prores 422": Film("a.mov", options="-c:v prores_ks -profile:v 2 -c:a pcm_s16le"),
    "prores 4444 with alpha": Film(
        "a.mov", options="-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le -c:a pcm_s24le"
    ),
    "mjpeg": Film("a.mov", options="-c:v mjpeg -q:v 3 -c:a pcm_s16le"),
    "mjpeg of an old camera": Film("a.avi", options="-c:v mjpeg -q:v 3 -c:a pcm_u8", level=False),
    "dv": Film(
        "a.dv.avi",
        size=(720, 576),
        rate="25",
        picture="setsar=16/15",
        shown=(720, 540),
        tint=24,
        options="-c:v dvvideo -pix_fmt yuv420p -c:a pcm_s16le",
    ),
    "h264 baseline": Film("a.mp4", options=f"{X264} -profile:v baseline {AAC}"),
    "h264 with many b-frames": Film(
        "a.mp4",
        options=f"{X264} -preset veryfast -bf 8 -x264-params open-gop=1:b-pyramid=normal {AAC}",
    ),
    "h264 lossless": Film("a.mp4", options=f"-c:v libx264 -preset ultrafast -qp 0 {AAC}"),
    "h264 10-bit": Film("a.mp4", options=f"{X264} -pix_fmt yuv420p10le {AAC}"),
    "h264 4:2:2": Film("a.mp4", options=f"{X264} -pix_fmt yuv422p {AAC}"),
    "h264 4:2:2 10-bit of a camera": Film(
        "a.mov", options=f"{X264} -pix_fmt yuv422p10le -c:a pcm_s16be"
    ),
    "h264 4:4:4": Film("a.mp4", options=f"{X264} -pix_fmt yuv444p {AAC}"),
    "rgb": Film(
        "a.mkv", options="-c:v libx264rgb -preset ultrafast -crf 10 -pix_fmt rgb24 -c:a flac"
    ),
    "grey": Film("a.mp4", options=f"{X264} -pix_fmt gray {AAC}", tint=-1),
    # Colour
    "full range": Film(
        "a.mp4",
        picture="scale=out_color_matrix=bt709:out_range=pc",
        options=f"{X264} -pix_fmt yuvj420p {BT709_TAGS} -color_range pc {AAC}",
    ),
    "full range of a webcam": Film(
        "a.mkv",
        picture="scale=out_color_matrix=smpte170m:out_range=pc",
        options=f"{X264} -pix_fmt yuvj420p {BT601_TAGS} -color_range pc {AAC}",
    ),
    "bt.601 named": Film(
        "a.mp4", picture=TV601, options=f"{X264} -pix_fmt yuv420p {BT601_TAGS} {AAC}"
    ),
    "bt.601 unnamed and small": Film(
        "a.mp4", picture=TV601, options=f"{X264} -pix_fmt yuv420p {AAC}"
    ),
    "bt.709 named": Film(
        "a.mp4", picture=TV709, options=f"{X264} -pix_fmt yuv420p {BT709_TAGS} {AAC}"
    ),
    "bt.709 unnamed and large": Film(
        "a.mp4",
        size=(1280, 720),
        picture=TV709,
        length=0.7,
        seconds=0.7,
        level=False,
        options=f"{X264} -pix_fmt yuv420p {AAC}",
        shown=(960, 540),
        rate="15",
        tint=16,
    ),
    "bt.2020 without hdr": Film(
        "a.mp4",
        tint=14,
        picture=SDR_2020,
        options=f"{X264} -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc bt2020-10 "
        f"-colorspace bt2020nc {AAC}",
    ),
    "display p3": Film(
        "a.mov",
        picture=f"{LINEAR.replace('bt2020', 'smpte432')}t=bt709:m=bt709:r=tv,format=yuv420p",
        options=f"{HEVC} -pix_fmt yuv420p -tag:v hvc1 -color_primaries smpte432 -color_trc bt709 "
        f"-colorspace bt709 {AAC}",
    ),
    # Turned and mirrored by a matrix
    "turned by 90": Film(
        "a.mp4",
        size=(108, 192),
        shown=(108, 192),
        picture="transpose=clock",
        again="-display_rotation 90|-c copy",
    ),
    "turned by 180": Film("a.mp4", picture="hflip,vflip", again="-display_rotation 180|-c copy"),
    "turned by 270": Film(
        "a.mov",
        size=(108, 192),
        shown=(108, 192),
        picture="transpose=cclock",
        again="-display_rotation 270|-c copy",
    ),
    "mirrored": Film("a.mp4", picture="hflip", again="-display_hflip|-c copy"),
    "upside down": Film("a.mp4", picture="vflip", again="-display_vflip|-c copy"),
    "mirrored and turned by 90": Film(
        "a.mp4",
        size=(108, 192),
        shown=(108, 192),
        picture="hflip,transpose=clock",
        again="-display_rotation 90 -display_hflip|-c copy",
    ),
    "mirrored and turned by 270": Film(
        "a.mov",
        size=(108, 192),
        shown=(108, 192),
        picture="hflip,transpose=cclock",
        again="-display_rotation 270 -display_hflip|-c copy",
    ),
    "hevc turned by 90": Film(
        "a.mov",
        size=(108, 192),
        shown=(108, 192),
        picture="transpose=clock",
        options=f"{HEVC} -tag:v hvc1 {AAC}",
        again="-display_rotation 90|-c copy -tag:v hvc1",
    ),
    "turned, in matroska": Film(
        "a.mkv",
        size=(108, 192),
        shown=(108, 192),
        picture="transpose=clock",
        again="-display_rotation 90|-c copy",
    ),
    # Sizes and the shape of pixels
    "odd sizes": Film("a.webm", size=(161, 121), shown=(160, 120), options=f"{VP9} -c:a libopus"),
    "odd sizes, 4:4:4": Film(
        "a.mp4", size=(191, 107), shown=(190, 106), options=f"{X264} -pix_fmt yuv444p {AAC}"
    ),
    "a square": Film("a.mp4", size=(128, 128), shown=(128, 128)),
    "tall": Film("a.mp4", size=(108, 240), shown=(108, 240)),
    "a strip": Film("a.mp4", size=(640, 64), shown=(640, 64)),
    "tiny": Film("a.mp4", size=(32, 32), shown=(32, 32)),
    "wide pixels of pal": Film("a.mp4", size=(180, 144), picture="setsar=64/45", shown=(256, 144)),
    "narrow pixels": Film(
        "a.mp4", size=(180, 108), picture="setsar=8/9", shown=(180, 122), tint=20
    ),
    "wide pixels, turned": Film(
        "a.mp4",
        size=(108, 180),
        picture="transpose=clock,setsar=4/3",
        shown=(108, 240),
        again="-display_rotation 90|-c copy",
    ),
    "cropped by its codec": Film("a.mp4", size=(190, 106), shown=(190, 106)),
    # Interlaced
    "interlaced, top first": Film(
        "a.ts",
        rate="50",
        picture="interlace=scan=tff",
        options=f"{X264} -flags +ilme+ildct -x264-params tff=1 -c:a mp2",
    ),
    "interlaced, bottom first": Film(
        "a.mp4",
        rate="50",
        picture="interlace=scan=bff",
        options=f"{X264} -flags +ilme+ildct -x264-params bff=1 {AAC}",
    ),
    "interlaced mpeg-2": Film(
        "a.ts",
        rate="50",
        picture="interlace=scan=tff",
        options="-c:v mpeg2video -q:v 2 -flags +ilme+ildct -c:a mp2",
    ),
    # Rates
    "240 a second": Film("a.mov", rate="240"),
    "120 a second": Film("a.mp4", rate="120"),
    "60 a second": Film("a.mp4", rate="60"),
    "59.94 a second": Film("a.mp4", rate="60000/1001"),
    "50 a second": Film("a.mp4", rate="50"),
    "25 a second": Film("a.mp4", rate="25"),
    "24 a second": Film("a.mp4", rate="24"),
    "23.976 a second": Film("a.mp4", rate="24000/1001", length=1.25, seconds=1.25),
    "10 a second": Film("a.mp4", rate="10"),
    "2 a second": Film("a.mp4", rate="2", length=2, seconds=2),
    "varying": Film(
        "a.mp4", picture="select='not(eq(mod(n,7),3))'", options=f"{X264} {AAC} -fps_mode vfr"
    ),
    "varying, times of a phone": Film(
        "a.mp4",
        picture="settb=1/90000,setpts='PTS+1500*random(1)*gt(N,0)*(1-eq(N,15))'",
        options=f"{X264} {AAC} -fps_mode vfr -video_track_timescale 90000",
    ),
    "a screen that stands still": Film(
        "a.mp4",
        picture="select='not(between(n,2,13))*not(between(n,20,34))'",
        options=f"{X264} {AAC} -fps_mode vfr",
    ),
    # Sound
    "mono": Film("a.mp4", sound="c=mono"),
    "5.1": Film("a.mp4", sound="c=5.1"),
    "7.1": Film("a.mkv", sound="c=7.1", options=f"{X264} -c:a flac"),
    "four channels": Film("a.mov", sound="c=quad", options=f"{X264} -c:a pcm_s16le"),
    "5.1 in ac-3": Film("a.ts", sound="c=5.1", options=f"{X264} -c:a ac3"),
    "5.1 in e-ac-3": Film("a.mp4", sound="c=5.1", options=f"{X264} -c:a eac3"),
    "pcm of a camera": Film("a.mov", options=f"{X264} -c:a pcm_s24be"),
    "pcm as floats": Film("a.mkv", options=f"{X264} -c:a pcm_f32le"),
    "mu-law": Film("a.mov", sound="c=mono:s=8000", options=f"{X264} -c:a pcm_mulaw"),
    "alac": Film("a.mov", options=f"{X264} -c:a alac"),
    "flac in mp4": Film("a.mp4", options=f"{X264} -c:a flac -strict -2"),
    "mp3 in mp4": Film("a.mp4", options=f"{X264} -c:a libmp3lame"),
    "opus in mp4": Film("a.mp4", options=f"{X264} -c:a libopus"),
    "amr of an old phone": Film(
        "a.3gp",
        sound="c=mono:s=8000",
        options=f"{X264} -profile:v baseline -c:a libopencore_amrnb -b:a 12.2k",
    ),
    "he-aac rates": Film("a.mp4", sound="c=stereo:s=22050"),
    "96 kHz": Film("a.mov", sound="c=stereo:s=96000", options=f"{X264} -c:a pcm_s16le"),
    "one ear only": Film("a.mp4", options=f"{X264} -af pan=stereo|c0=c0 {AAC}"),
    "very quiet": Film("a.mp4", options=f"{X264} -af volume=-28dB {AAC}"),
    "burnt": Film("a.mp4", options=f"{X264} -af volume=20dB {AAC}"),
    "silent": Film("a.mp4", options=f"{X264} -af volume=0 {AAC}", level=False, cue=-1),
    "without sound": Film("a.mp4", sound=None, options=X264, has_sound=False, level=False),
    "sound longer than picture": Film(
        "a.mp4",
        inputs="",
        options=f"{X264} -t 1.2 {AAC} -af apad=whole_dur=1.2",
        picture="trim=end=0.9",
    ),
    "picture longer than sound": Film("a.mp4", options=f"{X264} {AAC} -af atrim=end=0.8"),
    "late sound": Film("a.mp4", offset="0.3", options=f"{X264} {AAC} -t 1.2"),
    "late sound in matroska": Film("a.mkv", offset="0.3", options=f"{X264} {AAC} -t 1.2"),
    # Streams
    "two sounds": Film("a.mkv", options=f"{X264} {AAC} -map 0:v -map 1:a -map 1:a"),
    "sound first": Film("a.mp4", options=f"{X264} {AAC} -map 1:a -map 0:v"),
    "two pictures": Film(
        "a.mp4",
        options=f"-filter_complex [0:v]split=2[one][two];[two]scale=64:36[small] "
        f"-map [one] -map [small] -map 1:a {X264} {AAC}",
    ),
    "a cover": Film(
        "a.mp4",
        inputs="-f lavfi -i color=c=magenta:s=64x64:d=0.04",
        options=f"-map 2:v -map 0:v -map 1:a -c:v:0 png -disposition:v:0 attached_pic "
        f"-c:v:1 libx264 -preset ultrafast -crf 14 {AAC}",
    ),
    "a time code": Film("a.mov", options=f"{X264} -c:a pcm_s16le -timecode 01:00:00:00"),
    # Time
    "an edit list": Film(
        "a.mp4", options=f"{X264} -g 6 -bf 2 {AAC}", again="-ss 0.2|-c copy", seconds=1.0, cue=0.3
    ),
    "an edit list between key pictures": Film(
        "a.mov", options=f"{X264} -g 30 {AAC}", again="-ss 0.2|-c copy", seconds=1.0, cue=0.3
    ),
    "times below zero": Film(
        "a.mp4",
        again="|-c copy -avoid_negative_ts disabled -output_ts_offset -0.2",
        seconds=1.0,
        cue=0.3,
    ),
    "begins at ten hours": Film("a.ts", again="|-c copy -output_ts_offset 36000 -muxdelay 0"),
    "begins late": Film("a.mkv", again="|-c copy -output_ts_offset 5"),
    "a clock that wraps": Film("a.ts", again="|-c copy -output_ts_offset 95442.9 -muxdelay 0"),
}
